/** `@cyclegan/core/reference`: the f64 oracle, which needs nothing but JavaScript. */
export { createReferenceBackend } from './backend.ts';
