/** The network that judges pictures of a synthetic town where no other is given: the town's own, or the one that comes with the program. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NetworkDescription, readNetworkDescription } from '../evaluate/network-description.ts';
import { kindOfPath } from '../files.ts';

/** Trained on towns of seeds that no data set has unless asked for; docs/evaluation.md says how. */
const SHIPPED = fileURLToPath(new URL('../../networks/town-fcn.onnx', import.meta.url));

/** Where a town has a network of its own, with its labels, which are removed when it is drawn anew. */
export function townSegmenterPath(data: string): string {
  return join(data, 'labels', 'fcn.onnx');
}

/** The network of a town. */
export async function townSegmenter(data: string): Promise<NetworkDescription> {
  const own = townSegmenterPath(data);
  return readNetworkDescription('--fcn', (await kindOfPath(own)) === 'file' ? own : SHIPPED);
}
