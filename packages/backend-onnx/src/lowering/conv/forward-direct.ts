/** The convolution as ONNX's Conv. */
import { convAttributes, type Formulation, kernelOf } from './formulation.ts';

/** Fits every geometry. */
export const forwardDirect: Formulation<'conv2d'> = {
  fits: () => true,
  lower: (context, { inputs: [x, w], params }) => context.emit('Conv', [x.value, w.value], convAttributes(params, kernelOf(w))),
};
