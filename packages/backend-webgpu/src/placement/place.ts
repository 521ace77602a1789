/**
 * Where every value lies: updates where their variable does, if nothing reads the old value afterwards, gradients as Adam wants them, everything
 * else in memory that others take over later. Knows no kernel's text.
 */
import { sizeOf, type TensorType } from '@cyclegan/core';
import { type FusedProgram, type Group, readsOf } from '../fusion/group.ts';
import { isWalkedAlike } from '../fusion/walked.ts';
import { type AdamParams, baseOf, deviceBytes, isLeaf, type LoweredProgram, type Operation, type Value } from '../ir/operation.ts';
import type { AdamSlabs } from '../kernels/adam.ts';
import { layout, type Storage } from './storage.ts';

/** The memory of a program. */
export interface Placement {
  readonly storageOf: (value: Value) => Storage;
  /** Values that are written where their first operand lies. */
  readonly inPlace: ReadonlySet<Value>;
  readonly slabsOf: (adam: Operation<'adam'>) => AdamSlabs;
  /** Updates that lie elsewhere, to be copied when all kernels have run. */
  readonly copies: readonly { readonly from: Storage; readonly to: Storage }[];
  /** Variables that Adam replaces although their old values are read later: they have to be lowered without it. */
  readonly conflicts: readonly string[];
}

/** Places the values of a fused program. */
export function place(program: LoweredProgram, fused: FusedProgram): Placement {
  return new Placing(program, fused).finish();
}

class Placing {
  readonly #program: LoweredProgram;
  readonly #groups: readonly Group[];
  readonly #stored: ReadonlySet<Value>;
  readonly #writers = new Map<Value, number>();
  readonly #lastReads = new Map<Value, number>();
  readonly #storages = new Map<Value, Storage>();
  readonly #variables = new Map<string, Storage>();
  readonly #feeds = new Map<string, Storage>();
  readonly #slabs = new Map<Operation<'adam'>, AdamSlabs>();
  readonly #inPlace = new Set<Value>();
  readonly #conflicts: string[] = [];

  constructor(program: LoweredProgram, { groups, stored }: FusedProgram) {
    this.#program = program;
    this.#groups = groups;
    this.#stored = stored;
    groups.forEach((group, at) => {
      for (const output of group.outputs) this.#writers.set(output, at);
      for (const value of readsOf(group, stored)) this.#lastReads.set(value, at);
    });
    // outputs are copied out when all kernels have run
    for (const output of program.outputs.values()) this.#lastReads.set(baseOf(output), groups.length);
  }

  finish(): Placement {
    for (const [at, { anchor }] of this.#groups.entries()) if (anchor?.op === 'adam') this.#adam(anchor, at);
    const copies = [...this.#program.updates].flatMap(([name, update]) => {
      const value = baseOf(update);
      this.#update(name, value);
      const [from, to] = [this.#storageOf(value), this.#variable(name)];
      return from === to ? [] : [{ from, to }];
    });
    return {
      storageOf: (value) => this.#storageOf(value),
      inPlace: this.#inPlace,
      slabsOf: (adam) => this.#slabs.get(adam) as AdamSlabs,
      copies,
      conflicts: this.#conflicts,
    };
  }

  #adam(adam: Operation<'adam'>, at: number): void {
    const { weights, m, v } = adam.params;
    const gradients = adam.inputs.slice(0, weights.length).map(baseOf);
    const { offsets, bytes } = layout(gradients.map(deviceBytes));
    const slab: Storage = { kind: 'gradients', bytes };
    gradients.forEach((gradient, k) => {
      this.#storages.set(gradient, { kind: 'gradient', of: slab, offset: offsets[k] as number, bytes: deviceBytes(gradient) });
    });
    adam.outputs.forEach((output, k) => {
      this.#storages.set(output, this.#variable(nameOfOutput(adam.params, k)));
    });
    const slabOf = (names: readonly string[]): Storage => ({ kind: 'slab', names, bytes });
    this.#slabs.set(adam, { weights: slabOf(weights), m: slabOf(m), v: slabOf(v), gradients: slab });
    const replaced = new Set([...weights, ...m, ...v]);
    for (const [value, last] of this.#lastReads) {
      const { operation } = value;
      if (operation.op === 'variable' && replaced.has(operation.params.name) && last > at) this.#conflicts.push(operation.params.name);
    }
  }

  /** Lets an update lie where its variable does, if it can. */
  #update(name: string, value: Value): void {
    if (isLeaf(value.operation) || this.#storages.has(value)) return;
    const entries = this.#entriesOf(name, value);
    if (entries !== undefined) {
      for (const each of entries) {
        this.#storages.set(each, this.#variable(name));
        this.#inPlace.add(each);
      }
    } else if (this.#isReadUpTo(name, value)) {
      this.#storages.set(value, this.#variable(name));
    }
  }

  /** Replacements of entries, one after the other, of which the last is an update, if each is the last reader of the one before. */
  #entriesOf(name: string, value: Value): Value[] | undefined {
    const chain: Value[] = [];
    let current = value;
    while (current.operation.op === 'dynamicUpdate') {
      const [x, update, index] = current.operation.inputs.map(baseOf) as [Value, Value, Value];
      const writer = this.#writers.get(current) as number;
      const others = readsOf(
        { outputs: [update, index].filter((each) => !isLeaf(each.operation) && !this.#stored.has(each)) },
        this.#stored,
      );
      if (update === x || others.has(x) || (this.#lastReads.get(x) ?? -1) > writer) return undefined;
      chain.push(current);
      current = x;
    }
    const { operation } = current;
    return chain.length > 0 && operation.op === 'variable' && operation.params.name === name ? chain : undefined;
  }

  /** Whether a variable's old value is read before `value` is written, or by the same kernel for the same element. */
  #isReadUpTo(name: string, value: Value): boolean {
    const writer = this.#writers.get(value) as number;
    const group = this.#groups[writer] as Group;
    for (const [read, last] of this.#lastReads) {
      if (read.operation.op !== 'variable' || read.operation.params.name !== name) continue;
      if (last > writer) return false;
      const alike = group.anchor === undefined && sizeOf(read.shape) === sizeOf(value.shape) && isWalkedAlike(group, this.#stored);
      if (last === writer && !alike) return false;
    }
    return true;
  }

  #storageOf(value: Value): Storage {
    const base = baseOf(value);
    const known = this.#storages.get(base);
    if (known !== undefined) return known;
    const made = this.#make(base);
    this.#storages.set(base, made);
    return made;
  }

  #make(value: Value): Storage {
    const { operation } = value;
    const bytes = deviceBytes(value);
    switch (operation.op) {
      case 'feed':
        return shared(this.#feeds, operation.params.name, (name) => ({ kind: 'feed', name, bytes }));
      case 'variable':
        return this.#variable(operation.params.name);
      case 'constant':
        return { kind: 'constant', type: { shape: value.shape, dtype: value.dtype }, data: operation.params.data, bytes };
      default:
        return { kind: 'temporary', bytes };
    }
  }

  #variable(name: string): Storage {
    const type = this.#program.variables.get(name) as TensorType;
    return shared(this.#variables, name, () => ({ kind: 'variable', name, bytes: deviceBytes(type) }));
  }
}

function nameOfOutput({ weights, m, v }: AdamParams, output: number): string {
  return [weights, m, v][output % 3]?.[Math.floor(output / 3)] as string;
}

function shared(known: Map<string, Storage>, name: string, make: (name: string) => Storage): Storage {
  const storage = known.get(name) ?? make(name);
  known.set(name, storage);
  return storage;
}
