/** What the adapter at hand has, for tests that need it: they are skipped where it has not, and fail there when REQUIRE_FEATURES is set. */
import { type Gpu, openGpu } from '@cyclegan/webgpu-device';

/** Whether tests of f16 can run; says so where they cannot, and throws where they must. */
export function hasHalf(): Promise<boolean> {
  return has('shader-f16', ({ device }) => device.features.has('shader-f16'));
}

/** Whether tests of computing by subgroups can run; says so where they cannot, and throws where they must. */
export function hasSubgroups(): Promise<boolean> {
  return has('subgroups', ({ subgroups }) => subgroups);
}

async function has(feature: string, isThere: (gpu: Gpu) => boolean): Promise<boolean> {
  const gpu = await openGpu();
  const found = isThere(gpu);
  const { description } = gpu;
  gpu.dispose();
  if (found) return true;
  const message = `${description} has no ${feature}: that is not tested here.`;
  if (process.env.REQUIRE_FEATURES !== undefined)
    throw new Error(`${message} REQUIRE_FEATURES is set; give an adapter that has it, such as lavapipe of Mesa 25.`);
  console.warn(message);
  return false;
}
