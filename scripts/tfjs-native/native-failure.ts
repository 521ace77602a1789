/** Why TensorFlow's addon cannot be built or does not work here. It knows no tool: who throws it says what the tool meant. */

/** Ends the program with its message, one sentence that names the remedy; `details` are the last words of the tool that failed. */
export class NativeFailure extends Error {
  override name = 'NativeFailure';
  readonly details: string;

  constructor(message: string, details = '') {
    super(message);
    this.details = details;
  }
}

const KEPT_LINES = 20;

/** The end of what a tool printed, where it says what was wrong. */
export function lastWords(output: string): string {
  return output.trimEnd().split('\n').slice(-KEPT_LINES).join('\n');
}
