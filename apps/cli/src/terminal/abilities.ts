/** What can be done with a stream: whether its last line may change, and whether it shows colours. Knows the environment, and prints nothing. */

/** Where something may go. */
type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>;

/** Variables that decide. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether lines can be rewritten and somebody may be looking: in a terminal that knows escape sequences and its own size (some that
 * programs make have none), and not in continuous integration, whose logs keep every line.
 */
export function canRewrite({ isTTY, columns, rows }: Stream, { TERM, CI = '' }: Environment = process.env): boolean {
  return isTTY === true && TERM !== 'dumb' && (CI === '' || CI === 'false') && columns !== 0 && rows !== 0;
}

/** Whether to colour: in a terminal, unless NO_COLOR (https://no-color.org) is set; elsewhere, where FORCE_COLOR asks for it. */
export function showsColours({ isTTY }: Stream, { TERM, NO_COLOR = '', FORCE_COLOR = '' }: Environment = process.env): boolean {
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY === true && TERM !== 'dumb';
}
