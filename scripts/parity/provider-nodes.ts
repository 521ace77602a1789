/** Where ONNX Runtime computed the nodes of a program, which only its profile tells. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** The nodes of a program. */
export interface NodeCount {
  readonly onDevice: number;
  /** Nodes elsewhere that copy or deal with shapes. */
  readonly copies: number;
  /** The other nodes elsewhere, by operator. */
  readonly elsewhere: Readonly<Record<string, number>>;
}

const COPYING: ReadonlySet<string> = new Set([
  'Constant',
  'ConstantOfShape',
  'Flatten',
  'Identity',
  'MemcpyFromHost',
  'MemcpyToHost',
  'Reshape',
  'Shape',
  'Size',
  'Squeeze',
  'Unsqueeze',
]);

const profileSchema = z.array(
  z.object({
    cat: z.string().optional(),
    name: z.string(),
    args: z
      .object({
        op_name: z.string().optional(),
        provider: z.string().optional(),
        output_type_shape: z.array(z.record(z.string(), z.unknown())).optional(),
      })
      .optional(),
  }),
);

type ProfiledNode = NonNullable<z.infer<typeof profileSchema>[number]['args']>;

/** Counts the nodes in the text of a profile, each once however often it ran. */
export function countNodes(text: string, provider: string): NodeCount {
  const nodes = new Map<string, ProfiledNode>();
  for (const { cat, name, args } of profileSchema.parse(JSON.parse(text))) if (cat === 'Node' && args?.provider) nodes.set(name, args);
  const others = [...nodes.values()].filter((node) => node.provider !== provider);
  const computing = others.filter((node) => !copies(node));
  const elsewhere: Record<string, number> = {};
  for (const node of computing) elsewhere[describe(node)] = (elsewhere[describe(node)] ?? 0) + 1;
  return { onDevice: nodes.size - others.length, copies: others.length - computing.length, elsewhere };
}

/** A node's operator, and what it makes where that is no float. */
function describe({ op_name: operator = 'unknown', output_type_shape: outputs = [] }: ProfiledNode): string {
  const types = outputs.flatMap((output) => Object.keys(output)).filter((type) => type !== 'float');
  return types.length === 0 ? operator : `${operator} of ${types.join(', ')}`;
}

/** Whether a node copies or deals with shapes, which are the only 64-bit integers in our models. */
function copies({ op_name: operator = '', output_type_shape: outputs = [] }: ProfiledNode): boolean {
  return COPYING.has(operator) || (outputs.length > 0 && outputs.every((output) => 'int64' in output));
}

/** Whether a program ran on the device but for copies and shapes. */
export function isNative({ elsewhere }: NodeCount): boolean {
  return Object.keys(elsewhere).length === 0;
}

/** Runs `work` with the prefix of a profile, and counts the nodes of the one program that it runs and disposes of. */
export async function withProfile<Result>(
  provider: string,
  work: (profile: string) => Promise<Result>,
): Promise<{ readonly result: Result; readonly nodes: NodeCount }> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-parity-profile-'));
  try {
    const result = await work(join(folder, 'profile'));
    // the file is written by what disposing put off until the last run was settled
    await new Promise(setImmediate);
    const [file, ...more] = await readdir(folder);
    if (file === undefined || more.length > 0)
      throw new Error(`expected one profile of ONNX Runtime, there are ${file ? more.length + 1 : 0}`);
    return { result, nodes: countNodes(await readFile(join(folder, file), 'utf8'), provider) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
