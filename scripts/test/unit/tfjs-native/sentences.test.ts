/** What is said when it does not work: one sentence, the right one, with a remedy. The outputs are those of the tools themselves, shortened. */
import { describe, expect, it } from 'vitest';
import { explainNodeGyp } from '../../../tfjs-native/addon.ts';
import { judge } from '../../../tfjs-native/check.ts';
import { explainPip, requirePythonPackage } from '../../../tfjs-native/libraries.ts';
import { lastWords } from '../../../tfjs-native/native-failure.ts';
import { explainNpm } from '../../../tfjs-native/node-package.ts';
import { nodeFolderOf } from '../../../tfjs-native/prerequisites.ts';
import { targetOf, unsupported } from '../../../tfjs-native/target.ts';

const WHEEL = { wheel: 'tensorflow-cpu', version: '2.21.0' };
const LINUX = { platform: 'linux', arch: 'x64', glibc: '2.36' };

describe('the machine', () => {
  it.each([
    [LINUX, false, undefined],
    [{ ...LINUX, arch: 'arm64' }, false, undefined],
    [LINUX, true, undefined],
    [{ ...LINUX, arch: 'arm64' }, true, 'no CUDA'],
    [{ ...LINUX, arch: 'riscv64' }, false, 'not on linux riscv64'],
    [{ ...LINUX, glibc: undefined }, false, 'glibc'],
    [{ platform: 'darwin', arch: 'arm64', glibc: undefined }, false, 'not on darwin arm64'],
    [{ platform: 'win32', arch: 'x64', glibc: undefined }, true, 'not on win32 x64'],
  ] as const)('%o, GPU %s: %s', (machine, gpu, words) => {
    const sentence = unsupported(machine, { gpu });
    if (words === undefined) expect(sentence).toBeUndefined();
    else expect(sentence).toContain(words);
  });

  it('decides which wheel is fetched', () => {
    expect(targetOf('/root', { gpu: false, arch: 'x64' }).wheel).toBe('tensorflow-cpu');
    expect(targetOf('/root', { gpu: false, arch: 'arm64' }).wheel).toBe('tensorflow');
    expect(targetOf('/root', { gpu: true, arch: 'x64' })).toMatchObject({ wheel: 'tensorflow', npmPackage: '@tensorflow/tfjs-node-gpu' });
  });
});

describe("Node's headers", () => {
  it('are those that npm is told of, else those beside the program, else downloaded', () => {
    const places = { configured: '/named', executable: '/usr/bin/node' };
    expect(nodeFolderOf(places, () => true)).toBe('/named');
    expect(nodeFolderOf(places, (path) => path.startsWith('/usr/include/node/'))).toBe('/usr');
    expect(nodeFolderOf({ ...places, configured: '' }, () => true)).toBe('/usr');
    expect(nodeFolderOf(places, () => false)).toBeUndefined();
  });
});

describe('npm', () => {
  it.each([
    ['npm error code ENOTFOUND\nnpm error network request to https://registry.npmjs.org/ failed', 'cannot reach its registry'],
    ['npm error code E404\nnpm error 404 Not Found', 'has no @tensorflow/tfjs-node@4.22.0'],
    ['npm error code ETARGET\nnpm error notarget No matching version found', 'has no @tensorflow/tfjs-node@4.22.0'],
    ['npm error code EACCES', 'could not install'],
  ])('%j: %s', (output, words) => {
    expect(explainNpm(output, '@tensorflow/tfjs-node')).toContain(words);
  });
});

describe('pip', () => {
  const NO_MATCH = 'ERROR: Could not find a version that satisfies the requirement tensorflow-cpu==2.99.0 (from versions: 2.20.0, 2.21.0)';

  it.each([
    [NO_MATCH, 'There is no tensorflow-cpu 2.21.0'],
    [`WARNING: Retrying after connection broken by 'NewConnectionError(...)'\n${NO_MATCH}`, 'cannot reach its package index'],
    ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device', 'free 2 GB'],
    ['Traceback (most recent call last):', 'could not fetch'],
  ])('%j: %s', (output, words) => {
    expect(explainPip(output, WHEEL)).toContain(words);
  });
});

describe('node-gyp', () => {
  const NO_NETWORK = 'gyp ERR! stack is related to network connectivity. In most cases you are behind a proxy';

  it('cannot download the headers', () => {
    expect(explainNodeGyp(NO_NETWORK, { nodeFolder: undefined })).toContain("Node's headers");
    expect(explainNodeGyp(NO_NETWORK, { nodeFolder: '/usr' })).not.toContain("Node's headers");
  });

  it('lacks a header of TensorFlow, or stumbles over one', () => {
    const missing = '../binding/tfjs_backend.h:25:10: fatal error: tensorflow/c/c_api.h: No such file or directory';
    expect(explainNodeGyp(missing, { nodeFolder: '/usr' })).toContain('--tensorflow VERSION');
    expect(explainNodeGyp("error: 'TF_Code' does not name a type", { nodeFolder: '/usr' })).toContain('messages above');
  });

  it('is quoted by its last lines', () => {
    const lines = Array.from({ length: 50 }, (_, line) => `line ${line}`);
    expect(lastWords(`${lines.join('\n')}\n`)).toBe(lines.slice(30).join('\n'));
  });
});

describe('an installed Python package', () => {
  const all = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include/tensorflow/c/c_api.h'];

  it('will do when libraries and headers are there', () => {
    expect(() => requirePythonPackage('/tf', (path) => all.includes(path.replace('/tf/', '')))).not.toThrow();
  });

  it.each(all)('will not do without %s, which is named', (missing) => {
    expect(() => requirePythonPackage('/tf', (path) => path !== `/tf/${missing}`)).toThrow(`/tf has no ${missing}: name the folder`);
  });
});

describe('what the check finds', () => {
  const FINDINGS = { tensorflow: '2.21.0', gpu: false, error: 1e-6, rate: 100 };

  it('is good when the values agree', () => {
    expect(() => judge(FINDINGS, { gpu: false })).not.toThrow();
    expect(() => judge({ ...FINDINGS, gpu: true, error: 5e-3 }, { gpu: true })).not.toThrow();
  });

  it('is bad when they differ, or are no numbers', () => {
    expect(() => judge({ ...FINDINGS, error: 5e-3 }, { gpu: false })).toThrow('differs');
    expect(() => judge({ ...FINDINGS, error: Number.NaN }, { gpu: false })).toThrow('differs');
  });

  it('is bad when a GPU is wanted and the CPU computes', () => {
    expect(() => judge(FINDINGS, { gpu: true })).toThrow('found no GPU');
  });
});
