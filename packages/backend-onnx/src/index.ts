/**
 * Runs core graphs on ONNX Runtime, and writes them as ONNX models.
 */
export { createOnnxBackend, type OnnxOptions } from './backend.ts';
export { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
export { ONNX_DEVICES, type OnnxDevice } from './runtime.ts';
