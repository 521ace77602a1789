/**
 * Improved precision and recall (Kynkaanniemi et al., NeurIPS 2019): the manifold of a set is the union of balls around its features, each
 * reaching to its k-th nearest neighbour in the set. Precision is the share of generated pictures on the real manifold (how good they are),
 * recall that of real pictures on the generated one (how varied they are).
 */
import { type Compared, checkFeatures, type Features, squaredDistance } from './features.ts';

/** Shares between 0 and 1, and which pictures they count. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly neighbours: number;
  /** Whether each generated picture lies on the manifold of the real ones. */
  readonly generatedOnReal: readonly boolean[];
  /** Whether each real picture lies on the manifold of the generated ones. */
  readonly realOnGenerated: readonly boolean[];
}

/** Precision and recall with balls that reach to the `neighbours`-th neighbour, 3 as published; throws MetricError for too few pictures. */
export function precisionRecall(compared: Compared, { neighbours = 3 }: { readonly neighbours?: number } = {}): PrecisionRecall {
  checkFeatures('precision and recall', { ...compared, least: neighbours + 1 });
  const { real, generated } = compared;
  const generatedOnReal = onManifold(generated, real, squaredRadii(real, neighbours));
  const realOnGenerated = onManifold(real, generated, squaredRadii(generated, neighbours));
  return { precision: shareOf(generatedOnReal), recall: shareOf(realOnGenerated), neighbours, generatedOnReal, realOnGenerated };
}

/** Squared distance of each row to its k-th nearest other row. */
function squaredRadii(features: Features, neighbours: number): Float64Array {
  const radii = new Float64Array(features.count);
  for (let row = 0; row < features.count; row++) {
    const nearest = new Float64Array(neighbours).fill(Number.POSITIVE_INFINITY);
    for (let other = 0; other < features.count; other++) {
      if (other !== row) insert(nearest, squaredDistance(features, row, features, other, nearest[neighbours - 1]));
    }
    radii[row] = nearest[neighbours - 1] ?? 0;
  }
  return radii;
}

/** Puts a value among the smallest, in order, unless it is larger than all of them. */
function insert(smallest: Float64Array, value: number): void {
  let at = smallest.length - 1;
  if (value >= (smallest[at] ?? 0)) return;
  for (; at > 0 && (smallest[at - 1] ?? 0) > value; at--) smallest[at] = smallest[at - 1] ?? 0;
  smallest[at] = value;
}

function onManifold(candidates: Features, of: Features, radii: Float64Array): boolean[] {
  return Array.from({ length: candidates.count }, (_, row) =>
    radii.some((radius, other) => squaredDistance(candidates, row, of, other, radius) <= radius),
  );
}

function shareOf(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length / flags.length;
}
