/** `@cyclegan/core/testing`: what backend packages test themselves with. */
export * from './compare.ts';
export * from './golden-run.ts';
export * from './golden-runner.ts';
export * from './gradient-check.ts';
export * from './half.ts';
export * from './op-case.ts';
export * from './op-case-graphs.ts';
export * from './op-cases.ts';
export * from './oracles/oracles.ts';
export * from './parity.ts';
export * from './random-tensors.ts';
export * from './run-graph.ts';
