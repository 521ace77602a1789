/** Ctrl-C: the first one asks to finish what is under way, the next one ends the program at once. */

/** Signals that ask a program to end. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** npm and npx pass on the signal that the terminal has sent already, so that one Ctrl-C arrives twice. */
const PER_PRESS = process.env.npm_command === undefined ? 1 : 2;
/** For how long, in milliseconds. */
const SAME_PRESS = 1000;

/** A signal that fires at the first Ctrl-C. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Leaves signals to the system again. */
  stop(): void;
}

/**
 * Catches the first Ctrl-C (or a request to terminate) and calls `announce`; at the second one the system ends the program, as if
 * nothing had caught it.
 */
export function catchInterrupt(announce: () => void): Interrupt {
  const controller = new AbortController();
  let received = 0;
  const stop = () => {
    for (const name of SIGNALS) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    received++;
    if (received > PER_PRESS) {
      stop();
      // process.exit would wait for the step that a thread is computing
      process.kill(process.pid, name);
    }
    if (received > 1) return;
    controller.abort();
    announce();
    // With no listener left, the system ends the program: that works even while the event loop is busy.
    // setImmediate: a signal that came during a long step is delivered first, and would be lost with its listener
    setTimeout(() => setImmediate(stop), SAME_PRESS).unref();
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return { signal: controller.signal, stop };
}
