/** Where the driver of a processor that poses as a GPU lies: SwiftShader, which comes with every Chromium. Knows the file system alone. */
import { existsSync } from 'node:fs';

/** Where installations of Chromium keep the driver of SwiftShader. */
const SOFTWARE_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/opt/microsoft/msedge/vk_swiftshader_icd.json',
];

/** The file that the loader of Vulkan has to be given in VK_DRIVER_FILES for the software driver; undefined where there is none. */
export function softwareDriver(): string | undefined {
  return SOFTWARE_DRIVERS.find((path) => existsSync(path));
}
