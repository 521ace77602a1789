/** Op cases that an engine is known to compute otherwise, and why: what its specification leaves open. Printed with every report. */

/** Cases of one engine. */
export interface KnownDifference {
  readonly engines: RegExp;
  /** Title of the op case. */
  readonly case: string;
  readonly reason: string;
}

/** All of them. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    engines: /webgpu/,
    case: 'log: zero and far',
    reason: 'WGSL leaves open what the logarithm of 0 is (section "Floating Point Evaluation"); no loss takes it',
  },
];

/** Why a failure of a case on an engine is known, or undefined when it is not. */
export function whyKnown(engine: string, title: string): string | undefined {
  return KNOWN_DIFFERENCES.find((known) => known.engines.test(engine) && known.case === title)?.reason;
}
