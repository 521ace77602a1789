/**
 * Where the time of a training step goes, from the profile that ONNX Runtime writes. Nodes of the model are named
 * `[grad/]scope/op/operator`, the scope being the layer that the graph was traced in, below the loss that it was applied for.
 */
import { z } from 'zod';
import { markdownTable } from './markdown.ts';

const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  /** Microseconds. */
  ts: z.number(),
  dur: z.number(),
  args: z.object({ op_name: z.string().optional() }),
});

/** An event of ONNX Runtime's profile. */
export type ProfileEvent = z.output<typeof eventSchema>;

const NODE_ENDING = '_kernel_time';
const GRAD = 'grad/';
/** A layer of a network behind the loss that it was applied for; what an optimiser does for a network. */
const LAYER = /^(?:.*\/)?((?:gen|disc)[AB]+\/.+)$/;
const OPTIMISER = /^adam\/\w+/;

/** Time that nodes of a kind take in a step. */
export interface Share {
  readonly name: string;
  /** Milliseconds a step, and those of them that belong to gradients. */
  readonly ms: number;
  readonly gradMs: number;
  /** Nodes that ran in a step. */
  readonly nodes: number;
}

/** A step, averaged; kinds from the one that takes the most time. */
export interface StepProfile {
  readonly steps: number;
  /** Milliseconds of a run of the session, and of its nodes together. */
  readonly ms: number;
  readonly nodesMs: number;
  /** By operator of ONNX. */
  readonly operators: readonly Share[];
  /** By op of the graph. */
  readonly ops: readonly Share[];
  readonly layers: readonly Share[];
}

/** The events of a profile's text; throws ZodError when it is none. */
export function parseProfile(text: string): ProfileEvent[] {
  return z.array(eventSchema).parse(JSON.parse(text));
}

/** Averages the runs of a session but the first, which allocates; throws Error when there is no other. */
export function profileOf(events: readonly ProfileEvent[]): StepProfile {
  const [first, ...runs] = events.filter(({ cat, name }) => cat === 'Session' && name === 'model_run').sort((a, b) => a.ts - b.ts);
  if (first === undefined || runs.length === 0) throw new Error('the profile needs two runs at least: the first one does not count.');
  const start = first.ts + first.dur;
  const nodes = events.filter(({ cat, name, ts }) => cat === 'Node' && name.endsWith(NODE_ENDING) && ts >= start).map(nodeOf);
  const total = (durations: readonly { readonly dur: number }[]) => durations.reduce((sum, { dur }) => sum + dur, 0) / 1000 / runs.length;
  const by = (kind: 'operator' | 'op' | 'layer') => sharesOf(nodes, (node) => node[kind], runs.length);
  return {
    ...{ steps: runs.length, ms: total(runs), nodesMs: total(nodes) },
    ...{ operators: by('operator'), ops: by('op'), layers: by('layer') },
  };
}

interface TimedNode {
  readonly operator: string;
  readonly op: string;
  readonly layer: string;
  readonly grad: boolean;
  readonly dur: number;
}

function nodeOf({ name, dur, args }: ProfileEvent): TimedNode {
  const path = name.slice(0, -NODE_ENDING.length);
  const grad = path.startsWith(GRAD);
  const segments = path.slice(grad ? GRAD.length : 0).split('/');
  const op = segments.at(-2)?.replace(/\d+$/, '') ?? '';
  return { operator: args.op_name ?? '', op, layer: layerOf(segments.slice(0, -2).join('/')), grad, dur };
}

/** The same layer of a network whatever it was applied to, and one for all of its weights' updates. */
function layerOf(scope: string): string {
  return OPTIMISER.exec(scope)?.[0] ?? LAYER.exec(scope)?.[1] ?? scope;
}

function sharesOf(nodes: readonly TimedNode[], kindOf: (node: TimedNode) => string, steps: number): Share[] {
  const sums = new Map<string, { all: number; grad: number; count: number }>();
  for (const node of nodes) {
    const kind = kindOf(node);
    const sum = sums.get(kind) ?? { all: 0, grad: 0, count: 0 };
    sum.all += node.dur;
    sum.grad += node.grad ? node.dur : 0;
    sum.count++;
    sums.set(kind, sum);
  }
  const share = ([name, { all, grad, count }]: readonly [string, { all: number; grad: number; count: number }]): Share => ({
    ...{ name: name || 'no layer', ms: all / 1000 / steps, gradMs: grad / 1000 / steps, nodes: Math.round(count / steps) },
  });
  return [...sums].map(share).sort((a, b) => b.ms - a.ms);
}

/** A profile as tables. */
export function profileToMarkdown({ steps, ms, nodesMs, operators, ops, layers }: StepProfile): string {
  const table = (title: string, shares: readonly Share[]) =>
    markdownTable(
      [title, 'ms', '% of step', 'of it gradients, ms', 'nodes'],
      shares.map((share) => [
        share.name,
        share.ms.toFixed(2),
        ((100 * share.ms) / ms).toFixed(1),
        share.gradMs.toFixed(2),
        String(share.nodes),
      ]),
    );
  return [
    `A step takes ${ms.toFixed(1)} ms, its nodes ${nodesMs.toFixed(1)} ms of it (mean of ${steps} steps, profiled).`,
    table('operator', operators),
    table('op of the graph', ops),
    table('layer', layers),
  ].join('\n\n');
}
