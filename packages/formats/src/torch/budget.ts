/** What a file may ask for at most: an account that only shrinks, so that a hostile file ends in an error and neither in a hang nor in all memory. */
import { FormatError } from '../errors.ts';

/** An allowance of something, shared by everybody who spends of it. */
export class Budget {
  readonly #limit: number;
  readonly #what: string;
  #left: number;

  /** `what` follows the limit in the message: 'bytes of tensors'. */
  constructor(limit: number, what: string) {
    this.#limit = limit;
    this.#what = what;
    this.#left = limit;
  }

  /** Takes an amount off; throws FormatError when that is more than is left. */
  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0)
      throw new FormatError(`The file asks for more than the ${this.#limit} ${this.#what} that are allowed: save a state_dict alone.`);
  }
}
