/**
 * Brings a checkout to the point where a turbo task can run, then runs it; `start` then shows what the program can do. Needs Node and npm alone, because
 * nothing is installed yet and install scripts are off. Usage: node scripts/bootstrap.mjs <task> [arguments handed to turbo, or to the demonstration]
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.cyclegan-install');

/** What each task of package.json asks of turbo. */
const tasks = {
  build: ['build'],
  test: ['build', 'lint', 'check', 'test:all', 'parity'],
  start: ['build', '--output-logs=errors-only'],
};

/** Files that decide what an install produces. */
function manifests() {
  const packages = ['packages', 'apps', 'examples']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')))
    .filter((path) => existsSync(join(root, path)));
  return ['package.json', 'package-lock.json', '.npmrc', ...packages.sort()];
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`);
  for (const path of manifests()) {
    hash.update(`${path}\n`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function run(command, args, options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) throw error;
  if (signal) process.kill(process.pid, signal);
  return status ?? 1;
}

/** Whether npm itself has installed what package-lock.json says: then there is nothing to do again. */
function installedByHand() {
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;
  const record = join(root, 'node_modules', '.package-lock.json');
  if (existsSync(stamp) || !existsSync(record)) return false;
  const there = packagesOf(record);
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json'))).filter(
    ([path, { optional }]) => path.includes('node_modules/') && !optional,
  );
  return wanted.every(([path, { version }]) => there[path] !== undefined && there[path].version === version);
}

function install() {
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (installedByHand()) {
    writeFileSync(stamp, wanted);
    return;
  }
  const npm = process.env.npm_execpath;
  const status = npm ? run(process.execPath, [npm, 'ci']) : run('npm', ['ci'], { shell: process.platform === 'win32' });
  if (status !== 0) {
    console.error('npm ci failed (its messages are above): fix what it names, then run the same command again.');
    process.exit(status);
  }
  writeFileSync(stamp, wanted);
}

function turbo(args) {
  const launcher = createRequire(join(root, 'package.json')).resolve('turbo/bin/turbo');
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  return run(process.execPath, [launcher, 'run', ...args], { env });
}

// spawnSync runs no handlers, but with them a Ctrl-C does not end this process before the program that it waits for, which has work to save
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});

const [task, ...rest] = process.argv.slice(2);
if (task === undefined || !Object.hasOwn(tasks, task)) {
  console.error(`bootstrap needs a task, one of ${Object.keys(tasks).join(', ')}; got ${task ?? 'nothing'}.`);
  process.exit(2);
}
install();
if (task !== 'start') process.exit(turbo([...tasks[task], ...rest]));
const built = turbo(tasks.start);
process.exit(built === 0 ? run(process.execPath, [join(root, 'apps', 'cli', 'bin', 'cyclegan.js'), 'demo', ...rest]) : built);
