/** Compiles core graphs to fused WGSL kernels and runs them on WebGPU. */
export { createWebGpuBackend, type WebGpuBackend, type WebGpuOptions } from './backend.ts';
