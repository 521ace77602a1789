/** What stands in the place of Dawn in programs for browsers, whose own WebGPU is the only one: bundlers take it by the condition `browser` of `#dawn`. */
import { DeviceError } from '@cyclegan/core';

/** Where browsers have WebGPU; most of them only on pages that came over https, or from the own machine. */
const REMEDY =
  'open the page over https or from localhost, in a current Chrome or Edge (from 113), Safari (from 26) or Firefox (from 141), and turn on hardware acceleration there.';

/** Throws DeviceError: there is no WebGPU but the browser's. */
export async function findDawnAdapter(): Promise<never> {
  throw new DeviceError('webgpu', { reason: 'this browser offers no WebGPU to the page', remedy: REMEDY });
}

/** Does nothing: browsers wait for their GPU without the page. */
export function pauseBetweenTurns(): void {}
