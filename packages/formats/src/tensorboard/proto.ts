/**
 * Field numbers and codes of what TensorBoard reads (event.proto, summary.proto and tensor.proto under
 * https://github.com/tensorflow/tensorboard/tree/master/tensorboard/compat/proto): the part of the schema that is written here.
 */
export const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
export const SESSION_LOG = { status: 1 } as const;
export const SUMMARY = { value: 1 } as const;
export const VALUE = { tag: 1, scalar: 2, image: 4, tensor: 8, metadata: 9 } as const;
export const IMAGE = { height: 1, width: 2, colours: 3, encoded: 4 } as const;
export const METADATA = { pluginData: 1 } as const;
export const PLUGIN_DATA = { pluginName: 1 } as const;
export const TENSOR = { dtype: 1, shape: 2, strings: 8 } as const;

/** SessionLog.SessionStatus. */
export const SESSION_START = 1;

/** DataType of texts. */
export const STRING_DTYPE = 7;
