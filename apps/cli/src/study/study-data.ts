/** What a study hands to its page, and what the page hands back. */

/** Addresses of two pictures, one real and one generated, in an order that does not tell which is which. */
export type Pair = readonly [string, string];

/** What the page is given: nothing that says which picture is real, but for practice. */
export interface StudyData {
  /** Which study it is, for the answers. */
  readonly study: string;
  /** How long a pair is seen. */
  readonly seconds: number;
  readonly practice: readonly { readonly pair: Pair; readonly real: string }[];
  /** Everybody judges some of them, drawn at random. */
  readonly pairs: readonly Pair[];
  /** How many. */
  readonly trials: number;
}

/** A pair from left to right, and the picture that was taken for the real one. */
export interface Trial {
  readonly shown: Pair;
  readonly chosen: string;
  /** From the moment when the pair was shown to the answer. */
  readonly seconds: number;
}

/** The answers of one person, practice left out. */
export interface Answers {
  readonly study: string;
  readonly person: string;
  /** When the last one was given, as ISO 8601. */
  readonly ended: string;
  readonly trials: readonly Trial[];
}
