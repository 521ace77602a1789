/** The line that is going to change, as everything else that prints sees it: in its way. There is one terminal, so there is one such line. */

/** A line that can make room, and come back. */
export interface StandingLine {
  hide(): void;
  restore(): void;
}

let standing: StandingLine | undefined;

/** Says which line stands in the terminal now, if any. */
export function setStanding(line: StandingLine | undefined): void {
  standing = line;
}

/** Prints something above the line, which would otherwise be mixed with it, or erased by its next change. */
export function printAbove(print: () => void): void {
  const line = standing;
  line?.hide();
  print();
  line?.restore();
}
