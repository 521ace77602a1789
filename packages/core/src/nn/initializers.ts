/** What a variable holds before step 0: initialisers as data, so that a graph can be printed, stored and seeded anywhere. */

/** How a variable starts. Standard deviations and bounds are those of the values themselves. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | { readonly kind: 'orthogonal'; readonly gain: number };
