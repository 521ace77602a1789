/**
 * The suite: each engine in processes of its own, as many at a time as there are processors. First all engines train, which leaves their
 * checkpoints, and the oracle computes what the others are compared with; then everything else, the slowest engine first.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { softwareDriver } from '@cyclegan/webgpu-device/driver';
import { type Engine, ORACLE, SOFTWARE } from './engines.ts';
import { SuiteProgress } from './progress.ts';
import type { Introduction, Message, Section, SectionResult } from './protocol.ts';
import { runChild } from './run-child.ts';

/** What the suite is to do. */
export interface SuiteOptions {
  readonly engines: readonly Engine[];
  readonly sections: readonly Section[];
  readonly caseText?: string;
  readonly goldenText?: string;
  readonly goldenFolders: readonly string[];
  /** Golden runs in full on slow engines too. */
  readonly full: boolean;
  /** Time op cases as well. */
  readonly timed: boolean;
}

/** What came of an engine. */
export interface EngineReport {
  readonly name: string;
  readonly state: 'ran' | 'absent' | 'failed';
  readonly introduction?: Introduction;
  /** Why it is absent or failed, and what to do, where that is known. */
  readonly why?: string;
  readonly remedy?: string;
  readonly results: readonly SectionResult[];
  /** Time of its processes. */
  readonly seconds: number;
}

type Draft = { -readonly [K in keyof EngineReport]: EngineReport[K] } & { results: SectionResult[]; env: NodeJS.ProcessEnv };

/** Runs the suite; the reports are in the order of the engines. */
export async function runSuite(options: SuiteOptions): Promise<readonly EngineReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-parity-'));
  const progress = new SuiteProgress();
  try {
    return await new Suite(options, folder, progress).run();
  } finally {
    progress.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

class Suite {
  readonly #options: SuiteOptions;
  readonly #folder: string;
  readonly #progress: SuiteProgress;
  readonly #drafts: ReadonlyMap<string, Draft>;

  constructor(options: SuiteOptions, folder: string, progress: SuiteProgress) {
    this.#options = options;
    this.#folder = folder;
    this.#progress = progress;
    const env = { ...process.env, XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR ?? folder };
    this.#drafts = new Map(options.engines.map(({ name }) => [name, { name, state: 'ran', results: [], seconds: 0, env }]));
    for (const { name } of options.engines) for (const section of options.sections) progress.expect(name, section);
  }

  async run(): Promise<readonly EngineReport[]> {
    const { engines } = this.#options;
    const isOracle = ({ name }: Engine) => name === ORACLE;
    // the others wait for the oracle's values, and nothing goes on before the slowest has begun
    const urgency = (engine: Engine) => (isOracle(engine) ? 2 : Number(engine.slow !== undefined));
    await inTurn(
      [...engines].sort((a, b) => urgency(b) - urgency(a)),
      (engine) => this.#start(engine, this.#asked(isOracle(engine) ? ['training', 'golden', 'ops'] : ['training'])),
    );
    const present = engines.filter(({ name }) => this.#draft(name).state === 'ran');
    const slowest = [...present].sort((a, b) => this.#draft(b.name).seconds - this.#draft(a.name).seconds);
    await inTurn(slowest, (engine) => {
      const before = present.at(present.indexOf(engine) - 1)?.name ?? engine.name;
      return this.#goOn(engine, this.#asked(isOracle(engine) ? ['checkpoint'] : ['checkpoint', 'ops', 'golden']), before);
    });
    return [...this.#drafts.values()].map(({ env: _, ...report }) => report);
  }

  #asked(sections: readonly Section[]): readonly Section[] {
    return sections.filter((section) => this.#options.sections.includes(section));
  }

  #draft(name: string): Draft {
    return this.#drafts.get(name) as Draft;
  }

  /** The first process of an engine, which finds out whether it is there: with the software driver of Vulkan where there is no other. */
  async #start(engine: Engine, sections: readonly Section[]): Promise<void> {
    const draft = this.#draft(engine.name);
    await this.#carryOut(engine, sections);
    const driver = softwareDriver();
    if (draft.state === 'absent' && engine.namesDriver && driver !== undefined && draft.env.VK_DRIVER_FILES === undefined) {
      const { why, remedy } = draft;
      draft.state = 'ran';
      draft.env = { ...draft.env, VK_DRIVER_FILES: driver };
      await this.#carryOut(engine, sections);
      if (draft.introduction !== undefined)
        draft.introduction = { ...draft.introduction, description: `${draft.introduction.description}, ${SOFTWARE}` };
      // what keeps it from the GPU says more than why the software driver would not do either
      else if (why !== undefined && remedy !== undefined) Object.assign(draft, { why, remedy });
    }
    if (draft.state === 'absent') {
      this.#progress.drop(engine.name);
      this.#progress.say(`${engine.name} is absent: ${draft.why}`);
    }
  }

  async #goOn(engine: Engine, sections: readonly Section[], resumes: string): Promise<void> {
    if (sections.length > 0) await this.#carryOut(engine, sections, resumes);
    const { state, seconds } = this.#draft(engine.name);
    this.#progress.say(`${engine.name} ${state === 'ran' ? 'is done' : 'failed'}, ${seconds.toFixed(0)} s`);
  }

  async #carryOut({ name: engine }: Engine, sections: readonly Section[], resumes?: string): Promise<void> {
    const { engines: _, sections: __, ...choice } = this.#options;
    const draft = this.#draft(engine);
    const begun = performance.now();
    const listen = (message: Message) => this.#hear(engine, message);
    const software = draft.env.VK_DRIVER_FILES !== process.env.VK_DRIVER_FILES;
    const assignment = { engine, sections, folder: this.#folder, software, ...choice, ...(resumes === undefined ? {} : { resumes }) };
    const why = await runChild(assignment, { env: draft.env, listen });
    draft.seconds += (performance.now() - begun) / 1000;
    if (why !== undefined) Object.assign(draft, { state: 'failed', why });
    this.#progress.pause(engine);
  }

  #hear(engine: string, message: Message): void {
    const draft = this.#draft(engine);
    if (message.kind === 'progress') this.#progress.update(engine, message.section, message);
    if (message.kind === 'result') draft.results.push(message.result);
    if (message.kind === 'ready') {
      const { kind: _, ...introduction } = message;
      draft.introduction ??= introduction;
    }
    if (message.kind === 'failed') Object.assign(draft, { state: 'failed', why: message.reason });
    if (message.kind !== 'absent') return;
    const { reason: why, remedy } = message;
    // an engine that was there before has not gone: its device was lost
    Object.assign(draft, { state: draft.introduction === undefined ? 'absent' : 'failed', why, remedy });
  }
}

/** Does `work` for each item, as many at a time as there are processors. */
async function inTurn<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
