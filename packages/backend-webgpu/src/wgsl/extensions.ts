/** What a kernel's text uses that WGSL has not everywhere, told from the text, which has to say so at its top. */

const HALF = /\b(f16|vec4h)\b/;
const SUBGROUPS = /\bsubgroup/;

/** Whether a part of a kernel's text computes by subgroups: all names that have to do with them begin so. */
export function namesSubgroups(text: string): boolean {
  return SUBGROUPS.test(text);
}

/** A kernel's text behind the directives that it needs. */
export function withDirectives(source: string): string {
  const names = [...(HALF.test(source) ? ['f16'] : []), ...(namesSubgroups(source) ? ['subgroups'] : [])];
  return names.length === 0 ? source : `${names.map((name) => `enable ${name};\n`).join('')}\n${source}`;
}
