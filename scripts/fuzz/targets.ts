/** What can be fuzzed, by name. */
import { checkpoints } from './checkpoints.ts';
import { networks } from './networks.ts';
import { pictures } from './pictures.ts';
import { pth } from './pth.ts';
import { safetensors } from './safetensors.ts';
import type { FuzzTarget } from './target.ts';

/** All targets. */
export const TARGETS: Readonly<Record<string, FuzzTarget>> = { pictures, pth, safetensors, checkpoints, networks };
