/** The U-Net generator of pix2pix (Isola et al. 2017, appendix 6.1.1), the reference's unet_128 and unet_256. */
import type { Tensor } from '../graph/graph.ts';
import { convolution, dropout, type LayerContext, norm, upConvolution } from '../nn/layers.ts';
import type { Scope } from '../nn/scope.ts';
import { concat, leakyRelu, relu, tanh } from '../ops.ts';
import { formatShape } from '../tensor.ts';
import { generatorExtents, innerBias, ModelError, type UNetSpec, unetChannels } from './specs.ts';

/** Translates pictures N x C x H x W in [-1, 1]; throws ModelError unless H and W are multiples of 2^levels. */
export function unetGenerator(scope: Scope, x: Tensor, spec: UNetSpec, context: LayerContext): Tensor {
  const [, , height = 0, width = 0] = x.shape;
  const { multiple } = generatorExtents(spec);
  if (height % multiple !== 0 || width % multiple !== 0) {
    throw new ModelError(
      `a U-Net of ${spec.levels} levels takes heights and widths that are multiples of ${multiple}, got ${formatShape([height, width])}.`,
    );
  }
  return tanh(unetLevel(scope, x, 0, spec, context));
}

/** One level: half the size, whatever lies further in, and back; all but the outermost hand their input past themselves. */
function unetLevel(scope: Scope, x: Tensor, level: number, spec: UNetSpec, context: LayerContext): Tensor {
  const { norm: kind, levels } = spec;
  const bias = innerBias(kind);
  const [outermost, innermost] = [level === 0, level === levels - 1];

  let inner = scope.within(`down${level}`, (at) => {
    const options = { filters: unetChannels(spec, level), kernel: 4, stride: 2, padding: 1, bias };
    const h = convolution(at.child('conv'), outermost ? x : leakyRelu(x, 0.2), options, context);
    return outermost || innermost ? h : norm(at.child('norm'), h, kind, context);
  });
  if (!innermost) {
    const deeper = unetLevel(scope, inner, level + 1, spec, context);
    inner = concat([inner, deeper], 1);
  }
  return scope.within(`up${level}`, (at) => {
    const options = { filters: outermost ? spec.outputChannels : unetChannels(spec, level - 1), kernel: 4, bias: bias || outermost };
    const h = upConvolution(at.child('conv'), relu(inner), options, context);
    if (outermost) return h;
    const y = norm(at.child('norm'), h, kind, context);
    // the reference drops out in the levels between the innermost and the four outermost
    return spec.dropout && !innermost && level >= 4 ? dropout(at, y, context) : y;
  });
}
