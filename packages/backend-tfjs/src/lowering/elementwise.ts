/** Elementwise kernels. Broadcasting is that of TensorFlow.js, once operands of unequal rank have the same number of axes. */
import type { Relation } from '@cyclegan/core';
import * as tf from '@tensorflow/tfjs-core';
import { gaps, toBooleans, toFloats } from './gaps.ts';
import type { Call, Kernels } from './kernel.ts';
import { raised } from './layout.ts';

type UnaryOp = 'neg' | 'abs' | 'sign' | 'square' | 'sqrt' | 'rsqrt' | 'exp' | 'log' | 'tanh' | 'sigmoid' | 'softplus' | 'relu';
type BinaryOp = 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'compare';

/** Kernels of the elementwise ops. */
export const elementwiseKernels: Kernels<UnaryOp | BinaryOp | 'leakyRelu' | 'cast' | 'select' | 'reluGrad'> = {
  neg: unary(tf.neg),
  abs: unary(tf.abs),
  sign: unary(tf.sign),
  square: unary(tf.square),
  sqrt: unary(tf.sqrt),
  rsqrt: unary(tf.rsqrt),
  exp: unary(tf.exp),
  log: ({ inputs: [x] }) => (gaps().finiteLog ? tf.where(tf.equal(x, 0), Number.NEGATIVE_INFINITY, tf.log(x)) : tf.log(x)),
  tanh: unary(tf.tanh),
  sigmoid: unary(tf.sigmoid),
  softplus: unary(tf.softplus),
  relu: unary(tf.relu),
  leakyRelu: ({ inputs: [x], params: { slope } }) => tf.leakyRelu(x, slope),
  cast: ({ inputs: [x], params: { dtype } }) => {
    if (dtype === 'bool') return toBooleans(x);
    return dtype === 'i32' ? tf.cast(x, 'int32') : toFloats(x);
  },

  add: binary(tf.add),
  sub: binary(tf.sub),
  mul: binary(tf.mul),
  div: binary((a, b) => (a.dtype === 'int32' ? tf.cast(tf.div(toFloats(a), toFloats(b)), 'int32') : tf.div(a, b))),
  min: binary(tf.minimum),
  max: binary(tf.maximum),
  compare: (call) => binary(RELATIONS[call.params.relation])(call),
  select: ({ inputs: [condition, a, b], output: { shape } }) => {
    const rank = shape.length;
    return tf.where(raised(condition, rank), raised(a, rank), raised(b, rank));
  },
  reluGrad: ({ inputs: [dy, y], params: { slope } }) => tf.mul(dy, tf.step(y, slope)),
};

const RELATIONS: { readonly [R in Relation]: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor } = {
  eq: tf.equal,
  ne: tf.notEqual,
  lt: tf.less,
  le: tf.lessEqual,
  gt: tf.greater,
  ge: tf.greaterEqual,
};

function unary(f: (x: tf.Tensor) => tf.Tensor) {
  return ({ inputs: [x] }: Pick<Call<UnaryOp>, 'inputs'>) => f(x);
}

function binary(f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) {
  return ({ inputs: [a, b], output: { shape } }: Pick<Call<BinaryOp>, 'inputs' | 'output'>) =>
    f(raised(a, shape.length), raised(b, shape.length));
}
