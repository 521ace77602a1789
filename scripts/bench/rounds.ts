/**
 * Measures programs in turn, each run in a process of its own: A B A B, so that what else the machine does troubles all alike.
 */
import { spawn } from 'node:child_process';
import { argumentsOf, type Configuration, nameOf } from './configuration.ts';
import { ABSENT } from './engines.ts';
import { type Measurement, parseMeasurement } from './measurement.ts';

/** A program that prints a measurement: this bench on an engine, or what a command of the shell starts. */
export type Contender =
  | { readonly kind: 'ours'; readonly script: string; readonly engine: string }
  | { readonly kind: 'peer'; readonly command: string };

/** All measurements of one contender. */
export interface Runs {
  readonly contender: Contender;
  readonly measurements: readonly Measurement[];
}

/** Measures each contender `rounds` times, but for engines that are not there; throws Error when one fails or prints no measurement. */
export async function measureInTurn(
  contenders: readonly Contender[],
  configuration: Configuration,
  { rounds }: { readonly rounds: number },
): Promise<Runs[]> {
  const found = contenders.map((contender) => ({ contender, measurements: [] as Measurement[] }));
  for (let round = 1; round <= rounds; round++) {
    for (const { contender, measurements } of [...found]) {
      const measurement = await runOnce(contender, configuration);
      if (measurement === undefined) {
        console.error(`${nameOf(configuration)}: left out, since it is not there as said above: ${nameOfContender(contender)}`);
        found.splice(
          found.findIndex((each) => each.contender === contender),
          1,
        );
        continue;
      }
      measurements.push(measurement);
      const seconds = measurement.stepSeconds.median.toFixed(3);
      console.error(`${nameOf(configuration)}, round ${round} of ${rounds}: ${measurement.engine}: ${seconds} s a step`);
    }
  }
  return found;
}

/** What a contender is called: its command, or its engine. */
export function nameOfContender(contender: Contender): string {
  return contender.kind === 'peer' ? contender.command : contender.engine;
}

/** Undefined when its engine is not there. */
async function runOnce(contender: Contender, configuration: Configuration): Promise<Measurement | undefined> {
  const args = argumentsOf(configuration);
  if (contender.kind === 'peer') return measurementOf(`${contender.command} ${args.join(' ')}`, [], { shell: true });
  return measurementOf(process.execPath, [...process.execArgv, contender.script, '--backends', contender.engine, ...args, '--json'], {});
}

async function measurementOf(
  command: string,
  args: readonly string[],
  options: { readonly shell?: boolean },
): Promise<Measurement | undefined> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ?? `status ${code}`));
  });
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk;
  const ending = await ended;
  if (ending === `status ${ABSENT}` && options.shell !== true) return undefined;
  if (ending !== 'status 0') throw new Error(`${command}: it ended with ${ending}; what it says is above.`);
  try {
    return parseMeasurement(output);
  } catch (error) {
    throw new Error(`${command}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
