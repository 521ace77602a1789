/**
 * Runs core graphs on ONNX Runtime, and writes them as ONNX models.
 */
export { createOnnxBackend, type OnnxOptions } from './backend.ts';
export { ONNX_DEVICES, type OnnxDevice } from './devices.ts';
export { type ExportedGenerator, GENERATOR_INPUT, GENERATOR_OUTPUT, generatorModel } from './export/generator-model.ts';
export { type LoadedModel, loadOnnxModel } from './export/run-model.ts';
export { SEGMENTER_INPUT, SEGMENTER_OUTPUT, segmenterModel } from './export/segmenter-model.ts';
export { type NetworkValue, type OnnxNetwork, openOnnxNetwork } from './inference/network.ts';
export { graphToOnnx, type LoweredGraph } from './lowering/graph-to-onnx.ts';
