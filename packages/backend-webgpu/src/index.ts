/** Compiles core graphs to fused WGSL kernels and runs them on WebGPU. */
export { createWebGpuBackend, type WebGpuOptions } from './backend.ts';
