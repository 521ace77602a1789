/** `@cyclegan/core/testing`: what a backend package tests itself with. */
export * from './golden-run.ts';
export * from './golden-runner.ts';
