/** What a discriminator says of pictures, patch by patch, for people to look at. Knows no losses. */
import type { Tensor, Trace } from '../graph/graph.ts';
import type { Network } from '../models/networks.ts';

/** Records an output `patch/<name>` for each picture: the discriminator's map of logits, N x 1 x patches x patches. */
export function judge(recorder: Trace, discriminator: Network, pictures: Readonly<Record<string, Tensor>>): void {
  const passes = discriminator.passes(Object.values(pictures));
  for (const [at, name] of Object.keys(pictures).entries()) {
    const pass = passes[at];
    if (pass !== undefined) recorder.output(`patch/${name}`, pass());
  }
}
