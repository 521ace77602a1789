/**
 * Loaded before the program: once a GPU device was given LOSE_AFTER pieces of work, it is destroyed, as it is when a driver fails. The device, the
 * work and the loss are real.
 */
import { globals } from 'webgpu';

const { requestDevice } = globals.GPUAdapter.prototype;
const { submit } = globals.GPUQueue.prototype;
let device;
let submitted = 0;

globals.GPUAdapter.prototype.requestDevice = async function (...options) {
  device = await requestDevice.apply(this, options);
  return device;
};

globals.GPUQueue.prototype.submit = function (...work) {
  if (++submitted > Number(process.env.LOSE_AFTER)) device.destroy();
  return submit.apply(this, work);
};
