/**
 * Ways to break the code, each with the check that has to notice. Mistakes that ports of CycleGAN have really made come first.
 * A mutation is a plain replacement of source text, so that it goes stale loudly; add one in `mutations/` for every bug that a test should keep out.
 */
import { BACKENDS } from './mutations/backends.ts';
import { FILES_AND_MEASURES } from './mutations/files-and-measures.ts';
import { GRAPHS } from './mutations/graphs.ts';
import type { Mutation } from './mutations/mutation.ts';
import { TRAINING } from './mutations/training.ts';

/** All mutations, in the order they are tried. */
export const MUTATIONS: readonly Mutation[] = [...TRAINING, ...GRAPHS, ...BACKENDS, ...FILES_AND_MEASURES];
