import { createTfjsBackend } from '@cyclegan/backend-tfjs';
import { openStep } from './bench/measure.ts';
import { KERNELS } from '../packages/backend-tfjs/src/lowering/kernels.ts';
const [device='node', size='128', steps='2', ngf='64', blocks='6', threads='2'] = process.argv.slice(2);
const backend = await createTfjsBackend({ device: device as never, threads: Number(threads) });
const times = new Map<string, [number, number]>();
if (process.env.PROF) for (const [op, k] of Object.entries(KERNELS)) {
  (KERNELS as any)[op] = (call: any) => { const t = performance.now(); const r = (k as any)(call); const d = performance.now() - t;
    const key = op.startsWith('conv') ? op : op; const e = times.get(key) ?? [0, 0]; times.set(key, [e[0] + d, e[1] + 1]); return r; };
}
const s = await openStep(backend, { size: Number(size), ngf: Number(ngf), blocks: Number(blocks), batch: 1, threads: Number(threads), steps: 1, memory: 'fast' } as never);
for (let i = 0; i < Number(steps); i++) { times.clear(); const t = performance.now(); await s.run(); console.log('step', ((performance.now() - t) / 1000).toFixed(2), 'rss', (process.memoryUsage().rss / 1e6).toFixed(0), 'live', (backend as any).liveTensors()); }
const total = [...times.values()].reduce((a, b) => a + b[0], 0);
for (const [k, [t, n]] of [...times].sort((a, b) => b[1][0] - a[1][0]).slice(0, 16)) console.log(k.padEnd(20), t.toFixed(0).padStart(7), 'ms', n);
console.log('total', total.toFixed(0));
s.dispose();
await backend.dispose();
