/** Milliseconds by the clock that Node and browsers share, whose type comes with the library of neither here. */
export function milliseconds(): number {
  return (globalThis as unknown as { readonly performance: { now(): number } }).performance.now();
}
