/** Kernels of the ops without inputs: what a run feeds, what the store holds, and constants. */

import { BackendError } from '../backend.ts';
import type { LeafName } from '../graph/ops.ts';
import { missingVariable } from '../store.ts';
import { allocate, fromHost, type Kernels } from './value.ts';

/** Kernels of the leaves; `variable` throws BackendError when the variable has no value. */
export const leafKernels: Kernels<LeafName> = {
  input: ({ params: { name }, bindings }) => {
    const fed = bindings.feeds.get(name);
    if (fed === undefined) throw new BackendError(`feed ${name}: missing.`);
    return fed;
  },
  variable: ({ params, bindings }) => {
    const held = bindings.variables.get(params.name);
    if (held === undefined) throw missingVariable(params.name, params);
    return held;
  },
  constant: ({ params }) => fromHost(params),
  iota: ({ output }) => allocate(output).map((_, index) => index),
};
