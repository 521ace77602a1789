/** What a kind of file has to offer to be fuzzed. Knows no kind. */

/** A well-formed file that mutations start from. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Makes a file of the bytes after their mutation, when they are a part of one: the part is hit more often, and lengths around it fit again. */
  readonly wrap?: (part: Uint8Array) => Uint8Array;
}

/** A reader of files, and files for it. */
export interface FuzzTarget {
  /** Well-formed files, the same ones each time. */
  seeds(): Promise<readonly Seed[]>;
  /**
   * Reads the file in every way that case `number` is to try. Resolves to 'read', having checked what came out, or to 'refused' when
   * the reader threw an error as it should: of its own class, and naming the file where it knows it. Anything else it throws is a finding.
   */
  attempt(path: string, number: number): Promise<Outcome>;
}

/** How a file fared that the reader knows how to deal with. */
export type Outcome = 'read' | 'refused';
