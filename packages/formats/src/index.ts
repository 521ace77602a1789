/** Bytes to tensors and back: safetensors, PyTorch's .pth, ONNX, the reference implementation's names, and TensorBoard's event files. */
export {
  type Checkpoint,
  type CheckpointFile,
  type CheckpointInfo,
  checkpointChunks,
  decodeCheckpoint,
  encodeCheckpoint,
  isCheckpoint,
  openCheckpoint,
} from './checkpoint/checkpoint.ts';
export { FormatError } from './errors.ts';
export { readGoldenRun } from './golden/golden.ts';
export { readTorchErrors } from './golden/torch-errors.ts';
export { decodeOnnxModel } from './onnx/decode.ts';
export { encodeOnnxModel, onnxModelChunks } from './onnx/encode.ts';
export type { OnnxAttribute, OnnxData, OnnxDim, OnnxDType, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnx/model.ts';
export { inferSpec, isGenerator } from './reference-architecture.ts';
export { toReferenceLosses } from './reference-losses.ts';
export { fromReference, type NamePair, REFERENCE_NETS, referenceNames, toReference } from './reference-names.ts';
export {
  type FoundNetwork,
  findNetworks,
  type NetworkName,
  parseReferenceFileName,
  referenceFileName,
} from './reference-weights.ts';
export type { SafetensorsDType } from './safetensors/dtypes.ts';
export type { SafetensorsEntry, SafetensorsHeader } from './safetensors/header.ts';
export { type ByteSource, openSafetensors, parseSafetensors, type SafetensorsBytes, type SafetensorsFile } from './safetensors/read.ts';
export { openSealed, sealedChunks } from './safetensors/sealed.ts';
export { safetensorsChunks, writeSafetensors } from './safetensors/write.ts';
export { eventRecord, type TensorBoardContent, type TensorBoardEvent, type TensorBoardValue } from './tensorboard/event.ts';
export { readPth } from './torch/read.ts';
export { encodePth } from './torch/write.ts';
