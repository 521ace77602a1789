/** What the program loads: help comes at once because it leaves out what decodes pictures and computes. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { PROGRAM, temporaryFolder } from './program.ts';

/** Runs in the program before anything else; when it ends, it lists the CommonJS files that were loaded, which those of native code are. */
const LISTING = `
  import { createRequire } from 'node:module';
  const { cache } = createRequire(process.execPath);
  process.on('exit', () => process.stderr.write(JSON.stringify(Object.keys(cache))));
`;

/** Packages that a call loads, of those that are CommonJS. */
async function packagesOf(...args: string[]): Promise<Set<string>> {
  const program = ['--import', `data:text/javascript,${encodeURIComponent(LISTING)}`, PROGRAM, ...args];
  const { stderr } = await promisify(execFile)(process.execPath, program);
  const files: string[] = JSON.parse(stderr);
  return new Set(files.flatMap((file) => /.*[\\/]node_modules[\\/]([^\\/]+)/.exec(file)?.[1] ?? []));
}

it.each(['--help', 'train --help', 'translate --help', 'export --help', 'import --help', 'synth --help', 'download --help'])(
  '%s loads neither sharp nor ONNX Runtime',
  async (line) => {
    const packages = await packagesOf(...line.split(' '));
    expect(packages).toContain('commander');
    for (const heavy of ['sharp', 'onnxruntime-node', 'yaml', 'yauzl']) expect(packages).not.toContain(heavy);
  },
);

it('loads sharp for what makes pictures', async () => {
  const out = join(await temporaryFolder(), 'town');
  expect(await packagesOf('synth', '--out', out, '--count', '1', '--test-count', '0', '--size', '16')).toContain('sharp');
});
