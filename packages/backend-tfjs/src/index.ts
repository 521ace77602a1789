/** `@cyclegan/backend-tfjs`: graphs on the engines of TensorFlow.js. */
export { createTfjsBackend, type TfjsOptions } from './backend.ts';
export { TFJS_DEVICES, type TfjsDevice } from './devices.ts';
