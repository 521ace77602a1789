/** What doctor knows before it tries anything: machines, engines, numbers of pictures. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { BACKENDS, DEVICES } from '../../src/backends.ts';
import { describeFindings, type Findings } from '../../src/doctor/doctor-text.ts';
import { isSupported } from '../../src/doctor/machine.ts';
import { DATA_SETS } from '../../src/download/data-sets.ts';
import { ENGINES, isAtHome } from '../../src/engines/engines.ts';

describe('engines', () => {
  it('are all that the options offer, the default first', () => {
    expect(ENGINES[0]).toMatchObject({ backend: 'onnx', device: 'cpu' });
    expect(new Set(ENGINES.map(({ backend }) => backend))).toEqual(new Set(BACKENDS));
    expect(new Set(ENGINES.map(({ device }) => device))).toEqual(new Set(DEVICES));
  });

  it.each([
    ['linux', 'x64', ['cpu', 'cuda', 'webgpu']],
    ['linux', 'arm64', ['cpu', 'webgpu']],
    ['darwin', 'arm64', ['cpu', 'webgpu', 'coreml']],
    ['win32', 'x64', ['cpu', 'webgpu', 'dml']],
  ] as const)('on %s %s are those that exist there', (platform, arch, devices) => {
    const there = ENGINES.filter((engine) => isAtHome(engine, { platform, arch }));
    expect(there.filter(({ backend }) => backend === 'onnx').map(({ device }) => device)).toEqual(devices);
    expect(there.filter(({ backend }) => backend !== 'onnx')).toEqual(ENGINES.filter(({ backend }) => backend !== 'onnx'));
  });
});

it.each([
  ['20.19.0', true],
  ['20.18.3', false],
  ['18.20.8', false],
  ['24.1.0', true],
])('Node %s: supported %s', (version, supported) => expect(isSupported(version)).toBe(supported));

it('data sets have as many pictures as they say', () => {
  for (const { contents, pictures } of DATA_SETS) {
    const numbers = [...contents.matchAll(/\d+/g)].map(([number]) => Number(number));
    expect(pictures ?? []).toEqual(numbers.length === 1 ? [numbers[0], numbers[0]] : numbers);
  }
});

describe('findings as text', () => {
  const model = { name: 'm', secondsPerStep: 2, steps: 1000, wholeTraining: false };
  const findings: Findings = {
    machine: {
      system: 'Linux',
      cpu: 'c',
      cores: 2,
      memory: { total: 4e9, free: 2e9 },
      node: { version: '18.0.0', supported: false },
      runs: { folder: '/runs', free: undefined },
      versions: { cyclegan: '1' },
    },
    engines: [
      { backend: 'onnx', device: 'cuda', works: false, why: 'no provider', remedy: 'fetch it' },
      { backend: 'tfjs', device: 'cpu', works: true, why: 'an engine', gflops: 0.1337 },
    ],
    chosen: { backend: 'onnx', device: 'cpu' },
    models: [
      { ...model, bytes: 1e9, lowBytes: 0.9e9 },
      { ...model, bytes: 2.5e9, lowBytes: 1.9e9 },
      { ...model, bytes: 9e9, lowBytes: 8e9, steps: 100_000, wholeTraining: true },
    ],
  };
  const lines = stripVTControlCharacters(describeFindings(findings)).split('\n');

  it('say in words what fits', () => {
    const rows = lines.filter((line) => /^ {2}m /.test(line));
    expect(rows.map((row) => row.trim().split(/ {2,}/).at(-1))).toEqual([
      'yes',
      'with --memory low',
      'no, choose a smaller --size or --ngf',
    ]);
    expect(rows[0]).toContain('33 min for 1000 steps');
    expect(rows[2]).toContain('2 d 7 h in all');
  });

  it('name what is wrong and the remedy', () => {
    expect(lines.find((line) => line.includes('18.0.0'))).toContain('install 20.19 or newer');
    const at = lines.findIndex((line) => line.includes('--device cuda'));
    expect(lines[at]).toMatch(/no .*no provider/);
    expect(lines[at + 1]?.trim()).toBe('fetch it');
    expect(lines[at + 2]).toMatch(/--backend tfjs --device cpu +yes +0\.13 GFLOP\/s {2}an engine$/);
  });

  it('are of no training where the engine does not work', () => {
    expect(describeFindings({ ...findings, models: [] })).toContain('nothing: it does not work');
  });
});
