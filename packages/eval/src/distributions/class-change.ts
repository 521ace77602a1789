/** Whether a classifier takes translated pictures for what they were meant to become: horses for zebras. */

/** The most likely class of each row of `classes` scores, the first of equals. */
export function likeliestClass(scores: ArrayLike<number>, classes: number): number[] {
  return Array.from({ length: scores.length / classes }, (_, row) => {
    let best = 0;
    for (let each = 1; each < classes; each++) {
      if ((scores[row * classes + each] ?? 0) > (scores[row * classes + best] ?? 0)) best = each;
    }
    return best;
  });
}

/** The share of pictures of the class `target`. */
export function classChangeRate(found: readonly number[], target: number): number {
  return found.filter((each) => each === target).length / found.length;
}
