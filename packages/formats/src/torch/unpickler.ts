/**
 * Pickle bytes -> values: a stack machine with the operations that PyTorch's files use and no way to run code. What names mean is the
 * allow-list's affair, what lies outside of the pickle the container's. Protocols 2 to 5; the text operations of 0 and 1 are not there.
 */
import { decodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import type { Budget } from './budget.ts';
import { ByteReader } from './byte-reader.ts';
import { globalOf } from './globals.ts';
import { isKind, nameOf, type PickleValue, sequence, setItem } from './values.ts';

/** How to unpickle. */
export interface UnpickleOptions {
  /** What the pickle is, for messages. */
  readonly what: string;
  /** Where it begins; 0 unless told. */
  readonly start?: number;
  /** One is spent for each operation. */
  readonly steps: Budget;
  /** What a reference to something outside of the pickle stands for; without it there must be none. */
  readonly persistent?: (id: PickleValue) => PickleValue;
}

/** The first byte of a pickle. */
export const PROTO = 0x80;
const STOP = '.'.charCodeAt(0);
const HIGHEST_PROTOCOL = 5;

/** Reads one pickle; `end` is the first byte behind it. Throws FormatError, naming the byte, for all that is not tensors and containers. */
export function unpickle(bytes: Uint8Array, { what, start = 0, steps, persistent }: UnpickleOptions): { value: PickleValue; end: number } {
  const machine = new Machine(new ByteReader(bytes, start), { steps, persistent });
  let at = start;
  try {
    for (;;) {
      at = machine.input.position;
      steps.spend(1);
      const code = machine.input.uint8();
      if (code === STOP) return { value: machine.pop(), end: machine.input.position };
      const operation = OPERATIONS[code];
      if (operation === undefined)
        throw new FormatError(`operation 0x${code.toString(16).padStart(2, '0')} is not one that PyTorch writes.`);
      operation(machine);
    }
  } catch (error) {
    throw error instanceof FormatError ? new FormatError(`${what}, byte ${at}: ${error.message}`) : error;
  }
}

/** Stack, marks and memo. */
class Machine {
  readonly input: ByteReader;
  readonly steps: Budget;
  readonly persistent: ((id: PickleValue) => PickleValue) | undefined;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(input: ByteReader, { steps, persistent }: Pick<UnpickleOptions, 'steps'> & { persistent: Machine['persistent'] }) {
    this.input = input;
    this.steps = steps;
    this.persistent = persistent;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined) throw new FormatError('its stack is empty.');
    return value;
  }

  /** The topmost value, which stays. */
  top(): PickleValue {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw new FormatError('it has no mark.');
    return this.#stack.splice(mark);
  }

  /** The `count` topmost values. */
  popTuple(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  memoize(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new FormatError(`it has no value ${index}.`);
    this.push(value);
  }

  text(length: number): void {
    this.push(decodeUtf8(this.input.take(length), 'a text'));
  }

  append(items: readonly PickleValue[]): void {
    const list = sequence(this.top(), 'what is appended to');
    for (const item of items) list.push(item);
  }

  setItems(items: readonly PickleValue[]): void {
    const target = this.top();
    for (let at = 0; at < items.length; at += 2) setItem(target, items[at], items[at + 1]);
  }

  call(): void {
    const args = sequence(this.pop(), 'arguments');
    const callee = this.pop();
    if (!isKind(callee, 'global') || callee.call === undefined)
      throw new FormatError(`it calls ${nameOf(callee)}, which this reader does not execute.`);
    this.push(callee.call(args, this.steps));
  }

  /** Attributes of an object: those of a state_dict tell versions of its layers, which nobody needs here. */
  build(): void {
    this.pop();
    if (!(this.top() instanceof Map)) throw new FormatError(`it sets attributes of ${nameOf(this.top())}, expected a dictionary.`);
  }

  resolve(): void {
    if (this.persistent === undefined) throw new FormatError('it refers to something outside of itself, which has no place here.');
    this.push(this.persistent(this.pop()));
  }
}

type Operation = (machine: Machine) => void;

/** Pickle's operations by their codes, named as in Python's pickletools. */
const OPERATIONS: Readonly<Record<number, Operation>> = {
  [PROTO]: ({ input }) => {
    const version = input.uint8();
    if (version > HIGHEST_PROTOCOL) throw new FormatError(`it is of protocol ${version}; at most ${HIGHEST_PROTOCOL} is known.`);
  },
  /* FRAME */ 149: ({ input }) => void input.uint64(),

  /* NONE */ 78: (machine) => machine.push(null),
  /* NEWTRUE */ 136: (machine) => machine.push(true),
  /* NEWFALSE */ 137: (machine) => machine.push(false),
  /* BININT */ 74: (machine) => machine.push(machine.input.int32()),
  /* BININT1 */ 75: (machine) => machine.push(machine.input.uint8()),
  /* BININT2 */ 77: (machine) => machine.push(machine.input.uint16()),
  /* LONG1 */ 138: (machine) => machine.push(integerOf(machine.input.take(machine.input.uint8()))),
  /* BINFLOAT */ 71: (machine) => machine.push(machine.input.float64BigEndian()),

  /* BINUNICODE */ 88: (machine) => machine.text(machine.input.uint32()),
  /* SHORT_BINUNICODE */ 140: (machine) => machine.text(machine.input.uint8()),
  /* BINSTRING, a text of Python 2 */ 84: (machine) => machine.text(machine.input.uint32()),
  /* SHORT_BINSTRING */ 85: (machine) => machine.text(machine.input.uint8()),

  /* MARK */ 40: (machine) => machine.mark(),
  /* EMPTY_TUPLE */ 41: (machine) => machine.push([]),
  /* TUPLE1 */ 133: (machine) => machine.push(machine.popTuple(1)),
  /* TUPLE2 */ 134: (machine) => machine.push(machine.popTuple(2)),
  /* TUPLE3 */ 135: (machine) => machine.push(machine.popTuple(3)),
  /* TUPLE */ 116: (machine) => machine.push(machine.popToMark()),
  /* EMPTY_LIST */ 93: (machine) => machine.push([]),
  /* APPEND */ 97: (machine) => machine.append([machine.pop()]),
  /* APPENDS */ 101: (machine) => machine.append(machine.popToMark()),
  /* EMPTY_DICT */ 125: (machine) => machine.push(new Map()),
  /* SETITEM */ 115: (machine) => machine.setItems(machine.popTuple(2)),
  /* SETITEMS */ 117: (machine) => machine.setItems(machine.popToMark()),

  /* BINPUT */ 113: (machine) => machine.memoize(machine.input.uint8()),
  /* LONG_BINPUT */ 114: (machine) => machine.memoize(machine.input.uint32()),
  /* MEMOIZE */ 148: (machine) => machine.memoize(),
  /* BINGET */ 104: (machine) => machine.recall(machine.input.uint8()),
  /* LONG_BINGET */ 106: (machine) => machine.recall(machine.input.uint32()),

  /* GLOBAL */ 99: (machine) => {
    const [module, name] = [machine.input.line(), machine.input.line()];
    machine.push(globalOf(decodeUtf8(module, 'the name of a module'), decodeUtf8(name, 'a name')));
  },
  /* STACK_GLOBAL */ 147: (machine) => {
    const [module, name] = machine.popTuple(2);
    if (typeof module !== 'string' || typeof name !== 'string')
      throw new FormatError(`it refers to ${nameOf(name)} of ${nameOf(module)}, expected names.`);
    machine.push(globalOf(module, name));
  },
  /* REDUCE */ 82: (machine) => machine.call(),
  /* NEWOBJ */ 129: (machine) => machine.call(),
  /* BUILD */ 98: (machine) => machine.build(),
  /* BINPERSID */ 81: (machine) => machine.resolve(),
};

/** A number in two's complement, of at most 255 bytes. */
function integerOf(bytes: Uint8Array): number | bigint {
  if (bytes.length === 0) return 0;
  const digits = [...bytes].reverse().map((byte) => byte.toString(16).padStart(2, '0'));
  const value = BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits.join('')}`));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
