/** Compiles core graphs to fused WGSL kernels and runs them on WebGPU. */
export { createWebGpuBackend, type WebGpuBackend, type WebGpuOptions } from './backend.ts';
export { kernelTimes, planSource, programSource } from './inspect.ts';
export { NATIVE_COMPOSITES } from './ir/lower.ts';
export type { Kernel, KernelLimits } from './kernels/kernel.ts';
export { bytesMoved, DEFAULT_LIMITS, type Plan, type PlanOptions, planGraph } from './plan.ts';
export type { WebGpuProgramStats } from './program.ts';
