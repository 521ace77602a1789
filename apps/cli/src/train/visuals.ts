/** Which pictures of a training run are written down. Names alone, so that the command's help need not load more. */

/** `basic` is what the networks make of pictures; `all` also what they leave to be desired, and what the discriminators say. */
export const VISUALS = ['basic', 'all'] as const;

/** One of them. */
export type Visuals = (typeof VISUALS)[number];
