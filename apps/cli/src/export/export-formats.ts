/** What a run's networks can be written as. */

/** The formats by name. */
export const EXPORT_FORMATS = ['onnx', 'safetensors', 'pth'] as const;

/** A format of EXPORT_FORMATS. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
