/**
 * Adam on four numbers at a time, as a WebAssembly function: JavaScript's own loop takes three to four times as long, a tenth of a step.
 * The module is put together here, instruction by instruction, since it is one loop.
 */

/** Where one weight's numbers are in memory, in bytes, and the constants of a step. */
export interface AdamStep {
  readonly weight: number;
  readonly m: number;
  readonly v: number;
  readonly gradient: number;
  /** Numbers to update; the memory of each holds a multiple of LANES. */
  readonly length: number;
  readonly beta1: number;
  readonly beta2: number;
  /** weight -= rate * m / (sqrt(v) + floor) */
  readonly rate: number;
  readonly floor: number;
}

/** Numbers that one instruction works on. */
export const LANES = 4;

const BYTES = 4;
/** Bytes of LANES numbers. */
const STRIDE = LANES * BYTES;

// value types and sections of the binary format
const I32 = 0x7f;
const F32 = 0x7d;
const V128 = 0x7b;
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;

// instructions
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const i32Const = (value: number) => [0x41, value];
const I32_ADD = [0x6a];
const I32_LESS = [0x49];
const LOOP = [0x03, 0x40];
const BRANCH_IF = [0x0d, 0x00];
const END = [0x0b];
const LOAD = [0xfd, 0x00, 0x02, 0x00];
const STORE = [0xfd, 0x0b, 0x02, 0x00];
const SPLAT = [0xfd, 0x13];
const SQRT = [0xfd, 0xe3, 0x01];
const ADD = [0xfd, 0xe4, 0x01];
const SUB = [0xfd, 0xe5, 0x01];
const MUL = [0xfd, 0xe6, 0x01];
const DIV = [0xfd, 0xe7, 0x01];

/** Parameters: addresses, the end of the weight, then constants; each constant has a vector local, and so have the gradient and both moments. */
const [WEIGHT, M, V, GRADIENT, LAST] = [0, 1, 2, 3, 4];
const [BETA1, REST1, BETA2, REST2, RATE, FLOOR] = [11, 12, 13, 14, 15, 16];
const [SLOPE, FIRST, SECOND] = [17, 18, 19];
const CONSTANTS = 6;

const BODY = [
  ...Array.from({ length: CONSTANTS }, (_, k) => [...get(LAST + 1 + k), ...SPLAT, ...set(BETA1 + k)]).flat(),
  ...LOOP,
  ...[...get(GRADIENT), ...LOAD, ...set(SLOPE)],
  // m = beta1 m + (1 - beta1) slope
  ...[...get(M), ...get(M), ...LOAD, ...get(BETA1), ...MUL, ...get(SLOPE), ...get(REST1), ...MUL, ...ADD, ...tee(FIRST), ...STORE],
  // v = beta2 v + (1 - beta2) slope²
  ...[...get(V), ...get(V), ...LOAD, ...get(BETA2), ...MUL],
  ...[...get(SLOPE), ...get(SLOPE), ...MUL, ...get(REST2), ...MUL, ...ADD, ...tee(SECOND), ...STORE],
  // weight -= rate m / (sqrt(v) + floor)
  ...[...get(WEIGHT), ...get(WEIGHT), ...LOAD, ...get(FIRST), ...get(RATE), ...MUL],
  ...[...get(SECOND), ...SQRT, ...get(FLOOR), ...ADD, ...DIV, ...SUB, ...STORE],
  ...[M, V, GRADIENT].flatMap((address) => [...get(address), ...i32Const(STRIDE), ...I32_ADD, ...set(address)]),
  ...[...get(WEIGHT), ...i32Const(STRIDE), ...I32_ADD, ...tee(WEIGHT), ...get(LAST), ...I32_LESS, ...BRANCH_IF],
  ...END,
  ...END,
];

/** A whole number in as many bytes of seven bits as it needs. */
function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb128(value >>> 7)];
}

function text(name: string): number[] {
  return [...leb128(name.length), ...new TextEncoder().encode(name)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb128(content.length), ...content];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const parameters = [...new Array<number>(LAST + 1).fill(I32), ...new Array<number>(CONSTANTS).fill(F32)];
  const locals = [1, SECOND - BETA1 + 1, V128];
  const code = [...locals, ...BODY];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(SECTION.type, [1, 0x60, parameters.length, ...parameters, 0]),
    ...section(SECTION.import, [1, ...text('host'), ...text('memory'), 0x02, 0x00, 0x00]),
    ...section(SECTION.function, [1, 0]),
    ...section(SECTION.export, [1, ...text('adam'), 0x00, 0]),
    ...section(SECTION.code, [1, ...leb128(code.length), ...code]),
  ]);
}

/** Memory of WebAssembly. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** What is used of WebAssembly, which the libraries of TypeScript declare for browsers alone. */
interface Wasm {
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, object>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: Wasm };

/** Memory of so many pages of 64 KiB. */
export function createMemory(pages: number): WasmMemory {
  return new wasm.Memory({ initial: pages });
}

/** Adam steps on weights, moments and gradients that lie in `memory`. */
export function createAdamKernel(memory: WasmMemory): (step: AdamStep) => void {
  const instance = new wasm.Instance(new wasm.Module(moduleBytes()), { host: { memory } });
  const adam = instance.exports.adam as (...numbers: number[]) => void;
  return ({ weight, m, v, gradient, length, beta1, beta2, rate, floor }) => {
    if (length > 0) adam(weight, m, v, gradient, weight + length * BYTES, beta1, 1 - beta1, beta2, 1 - beta2, rate, floor);
  };
}
