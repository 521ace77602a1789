/** Variables between steps, on the engines that always work. */
import { describeStore } from '../../../core/test/contract/describe-store.ts';
import { createTfjsBackend } from '../../src/index.ts';

for (const device of ['cpu', 'wasm'] as const)
  describeStore(`variables of tfjs on ${device}`, () => createTfjsBackend({ device, threads: 1 }));
