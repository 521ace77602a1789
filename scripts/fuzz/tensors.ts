/** What every reader of tensors is held to. */
import { checkHostTensor, type TensorRecord } from '@cyclegan/core';
import { FormatError } from '@cyclegan/formats';
import type { Outcome } from './target.ts';

/** Whether tensors are read, each as large as its shape says, or refused with a FormatError whose message `names` what it should. */
export async function readsTensors(
  read: () => TensorRecord | Promise<TensorRecord>,
  names: (message: string) => boolean = () => true,
): Promise<Outcome> {
  try {
    for (const [name, tensor] of Object.entries(await read())) checkHostTensor(tensor, name);
    return 'read';
  } catch (error) {
    if (error instanceof FormatError && names(error.message)) return 'refused';
    throw error;
  }
}
