/** A WebGPU device, wherever the program runs. */
export { type Gpu, type GpuOptions, openGpu } from './open-gpu.ts';
