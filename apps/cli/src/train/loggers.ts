/** The names of what can follow a run beside its own files, and of how a run is told on standard output. */

/** Who else is told of each step: nobody, or event files for TensorBoard. */
export const LOGGERS = ['none', 'tensorboard'] as const;

/** One of them. */
export type Logger = (typeof LOGGERS)[number];

/** For people, or one JSON object a line. */
export const LOGS = ['text', 'json'] as const;

/** One of them. */
export type LogForm = (typeof LOGS)[number];
