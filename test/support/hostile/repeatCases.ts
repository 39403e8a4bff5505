/**
 * Each hostile case again and again, one at a time: how soon it is answered, and what it leaves behind in the
 * collector's memory. `npm run faults -- hostile 1000`. Not part of the suite, since a busy machine answers later.
 */
import { once } from "node:events";
import { tables } from "./cases.ts";
import { type HostileCase, judged, nextId, view } from "./hostileCase.ts";
import { startTarget, type Target } from "./target.ts";

/** Milliseconds within which 99 of 100 answers come. */
const MOST_MS = 20;

/** Bytes by which the process may be larger after all repetitions of a case. */
const MOST_GROWTH = 4 * 2 ** 20;

/** Repetitions before anything is measured: code is compiled, and the heap as large as it needs to be. */
const WARM_UP = 100;

interface Measured {
  readonly title: string;
  readonly p50: number;
  readonly p99: number;
  /** Bytes, after a collection: of the process, and of what is used in it. */
  readonly rss: number;
  readonly used: number;
}

const repeats = Number(process.argv[2] ?? 1_000);
const target = await startTarget();
/** The time that an honest page waits on this machine, at this moment: the first and the last line. */
const ordinary = judged("a batch as pages send it", [view], 1, []);
const cases = [ordinary, ...Object.values(tables).flat(), ordinary];
// All of them first: what one case leaves compiled is not the growth of another.
for (const hostile of cases) await repeat(hostile, WARM_UP);
const first = await target.readMemory();
const measured: Measured[] = [];
for (const hostile of cases) {
  measured.push(await measure(hostile));
  console.log(line(measured.at(-1)!));
}
const last = await target.readMemory();
console.log(
  `\n${cases.length} cases, ${repeats} times each: resident ${inMegabytes(first.rss)} → ${inMegabytes(last.rss)} MiB, ` +
    `used ${inMegabytes(first.used)} → ${inMegabytes(last.used)} MiB`,
);

// A heap that takes another step is not a leak, and a moment that the machine gave to others is not a slow answer:
// neither happens to the same case twice. What is kept for each request does.
const isBeyond = ({ p99, rss }: Measured): boolean => p99 > MOST_MS || rss > MOST_GROWTH;
const suspects = cases.filter((_case, index) => isBeyond(measured[index]!));
const twice: Measured[] = [];
for (const hostile of suspects) {
  const again = await measure(hostile);
  if (isBeyond(again)) twice.push(again);
}
target.stop();
console.log(
  `Beyond ${MOST_MS} ms or ${inMegabytes(MOST_GROWTH)} MiB: ${suspects.length}; twice: ${twice.length}`,
);
for (const one of twice) console.log(line(one));
if (target.errors.length > 0) console.error(`The collector printed:\n${target.errors.join("")}`);
process.exitCode = twice.length > 0 || target.errors.length > 0 ? 1 : 0;

async function measure(hostile: HostileCase): Promise<Measured> {
  const before = await target.readMemory();
  const times = (await repeat(hostile, repeats)).toSorted((a, b) => a - b);
  const { rss, used } = await target.readMemory();
  const quantile = (q: number): number => times[Math.floor(q * times.length)] ?? 0;
  return {
    title: hostile.title,
    p50: quantile(0.5),
    p99: quantile(0.99),
    rss: rss - before.rss,
    used: used - before.used,
  };
}

/** Milliseconds until each answer came; none for a case that is not answered. */
async function repeat(hostile: HostileCase, times: number): Promise<number[]> {
  const answered: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const bytes = anew(hostile.bytes, time);
    if (hostile.leaves === undefined) answered.push(await ask(target, hostile, bytes));
    else await target.exchange(bytes, hostile.leaves);
  }
  return answered;
}

/** The same with a new id and a new address: neither what is counted twice nor the rate is looked at. */
function anew(bytes: Buffer, time: number): Buffer {
  const text = bytes
    .toString("latin1")
    .replace(/X-Forwarded-For: [\d.]+/, `X-Forwarded-For: 10.${time >> 8}.${time & 255}.7`)
    .replace(/"id":"[0-9a-f]{32}"/, `"id":"${nextId()}"`);
  return Buffer.from(text, "latin1");
}

async function ask({ open }: Target, { title, status }: HostileCase, bytes: Buffer): Promise<number> {
  const start = performance.now();
  const socket = open();
  socket.write(bytes);
  const [chunk] = (await once(socket, "data")) as [Buffer];
  const milliseconds = performance.now() - start;
  const came = Number(chunk.toString("latin1", 9, 12));
  if (came !== status) throw new Error(`"${title}" was answered with ${came} instead of ${status}.`);
  socket.destroy();
  return milliseconds;
}

function line({ title, p50, p99, rss, used }: Measured): string {
  const columns = [p50.toFixed(2), p99.toFixed(2), inMegabytes(rss), inMegabytes(used)];
  return `${columns.map((column) => column.padStart(8)).join("")}  ${title}`;
}

function inMegabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
