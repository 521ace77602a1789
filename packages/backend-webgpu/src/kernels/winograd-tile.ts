/** How Winograd's convolution is cut into workgroups, and what it needs of an adapter. */

/** Components of a transformed patch or kernel: 4 x 4. */
export const COMPONENTS = 16;

/** A workgroup computes `channels` of `patches` with 2 x 2 results each, so many terms at a time; a thread multiplies `block` x `block` of one component. */
export const WINOGRAD_TILE = { channels: 32, patches: 32, terms: 8, block: 8 } as const;

/** Threads of a workgroup: each brings a patch of one term, and multiplies a block of one component. */
export const WINOGRAD_THREADS = WINOGRAD_TILE.patches * WINOGRAD_TILE.terms;

/** Bytes of workgroup memory: the transformed patches of all terms at hand. */
export const WINOGRAD_BYTES = 4 * COMPONENTS * WINOGRAD_TILE.terms * WINOGRAD_TILE.patches;
