/** Whether the adapter at hand has f16, for tests that need it: they are skipped where it does not, and fail there when REQUIRE_F16 is set. */
import { openGpu } from '@cyclegan/webgpu-device';

/** Whether tests of f16 can run; says so where they cannot, and throws where they must. */
export async function hasHalf(): Promise<boolean> {
  const gpu = await openGpu();
  const found = gpu.device.features.has('shader-f16');
  const { description } = gpu;
  gpu.dispose();
  if (found) return true;
  const message = `${description} has no shader-f16: f16 is not tested here.`;
  if (process.env.REQUIRE_F16 !== undefined)
    throw new Error(`${message} REQUIRE_F16 is set; give an adapter that has it, such as lavapipe of Mesa 25.`);
  console.warn(message);
  return false;
}
