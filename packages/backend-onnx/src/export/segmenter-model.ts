/** A trained segmentation network as an ONNX model for any runtime, as `generatorModel` makes one of a generator. Knows no files and no sessions. */
import { FCN_MULTIPLE, FCN_NAME, type FcnSpec, type TensorRecord, traceSegmentation } from '@cyclegan/core';
import type { OnnxModel } from '@cyclegan/formats';
import { openPictures, plainModel } from './plain-model.ts';

/** Names of the model's input, pictures in [-1, 1], and of its output, scores of classes. */
export const SEGMENTER_INPUT = 'photos';
/** See SEGMENTER_INPUT. */
export const SEGMENTER_OUTPUT = 'logits';

/**
 * The model of a segmentation network: `photos`, N x C x H x W in [-1, 1], to `logits`, N x classes x H x W, with N, H and W open; H and W are multiples
 * of 32. `weights` are its variables under their full names; others may be among them. Throws ModelError when one is missing.
 */
export function segmenterModel(spec: FcnSpec, weights: TensorRecord): OnnxModel {
  const extent = 2 * FCN_MULTIPLE;
  return plainModel(traceSegmentation(spec, { batch: 2, height: extent, width: extent }), {
    name: FCN_NAME,
    weights,
    inputs: [openPictures(SEGMENTER_INPUT, spec.inputChannels)],
    outputs: [openPictures(SEGMENTER_OUTPUT, spec.classes)],
    metadata: { network: FCN_NAME, layout: 'NCHW', valueRange: '[-1, 1]', sizeMultiple: String(FCN_MULTIPLE), spec: JSON.stringify(spec) },
  });
}
