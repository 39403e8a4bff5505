/**
 * The most expensive request of a stranger: `npm run bench -- hostile`, with seconds to search, `-- hostile 60`.
 *
 * Goes through every shape of `test/support/hostile/shapes.ts`, then mixes the dearest of each route at random. CPU is that of
 * the whole process, with zlib's threads, and without the network. Of a shape the lowest of several runs counts, since
 * what else the machine does only adds. The ratio at the end compares a refusal with an acceptance of the same bytes.
 */
import { cpus } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createCollector, createMemoryJournal } from "@rumkit/server";
import {
  everyShape,
  type Genes,
  HEADS,
  REFUSALS,
  type Shape,
  toBatch,
  toShape,
  UNIT_NAMES,
  wrappersOf,
} from "../test/support/hostile/shapes.ts";
import { hostileCatalog } from "../test/support/hostile/catalog.ts";
import { median } from "./page/median.ts";
import { isShort, orShort } from "./rounds.ts";

const SECRET = "s".repeat(32);
const SECONDS = isShort ? 0 : Number(process.argv[3] ?? 45);
/** In a short run one shape of so many: a few of each route and wrapper. */
const EACH = orShort(1, 37);
const REFUSAL_ROUNDS = orShort(21);
/** Milliseconds of CPU that no request of a stranger may take. */
const LIMIT_MS = 10;

const collector = createCollector({
  catalog: { ...hostileCatalog, routes: [] },
  journal: createMemoryJournal(),
  environment: "production",
  allowedOrigins: ["https://shop.example"],
  ingestTokens: [SECRET],
  rateLimits: { perAddress: false, perApp: false },
});

async function send({ method, target, headers, body }: Shape): Promise<number> {
  const url = `http://rum.example${target}`;
  const answer = await collector.fetch(
    new Request(url, { method, headers, ...(body && { body: new Uint8Array(body) }) }),
  );
  await answer.arrayBuffer();
  return answer.status;
}

/** Work that errors of pages leave for later is not the request's: `GET /api/rumkit/errors` does it. */
const settle = (): Promise<unknown> =>
  send(HEADS.find(({ target }) => target.startsWith("/api/rumkit/errors"))!);

interface Cost {
  readonly ms: number;
  readonly status: number;
}

async function measure(make: () => Shape, runs: number): Promise<Cost> {
  let ms = Infinity;
  let status = 0;
  for (let run = 0; run < runs; run += 1) {
    const shape = make();
    await nextTurn();
    const before = process.cpuUsage();
    status = await send(shape);
    const { user, system } = process.cpuUsage(before);
    ms = Math.min(ms, (user + system) / 1000);
    await settle();
  }
  return { ms, status };
}

interface Found extends Cost {
  readonly genes: Genes;
  readonly title: string;
}

const best = new Map<string, Found[]>();

async function look(genes: Genes): Promise<void> {
  const make = (): Shape => toShape(genes, SECRET);
  const known = best.get(genes.path) ?? [];
  const worst = known[0]?.ms ?? 0;
  // One measurement finds those that are far from the most expensive.
  const first = await measure(make, 2);
  const cost = first.ms < worst / 2 ? first : await measure(make, 6);
  const found = { ...cost, genes, title: make().title };
  best.set(genes.path, [...known, found].toSorted((a, b) => b.ms - a.ms).slice(0, 5));
}

let seed = Date.now() % 2_147_483_647;
const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;

function mutate({ genes }: Found): Genes {
  const units = [...genes.units, pick(UNIT_NAMES)].slice(-1 - random(3));
  return {
    ...genes,
    units,
    wrapper: random(4) === 0 ? random(wrappersOf(genes.path).length) : genes.wrapper,
    gzip: random(4) === 0 ? !genes.gzip : genes.gzip,
    most: pick([20, 100, 200, 1_000, 1_000_000]),
  };
}

/** The cost of a refused batch, as a ratio to the cost of as many bytes that are counted. In turns; the median. */
async function compareRefusals(): Promise<void> {
  const rows = [];
  for (const { title, accepted, refused } of REFUSALS) {
    const ratios: number[] = [];
    for (let round = 0; round < REFUSAL_ROUNDS; round += 1) {
      const counted = await measure(() => toBatch(accepted()), 3);
      const denied = await measure(() => toBatch(refused()), 3);
      ratios.push(denied.ms / counted.ms);
      if (counted.status !== 202 || denied.status !== 422)
        throw new Error(`${title}: ${counted.status} and ${denied.status}, so nothing was measured.`);
    }
    rows.push({ refused: title, "of an acceptance": Number(median(ratios).toFixed(2)) });
  }
  console.table(rows);
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
// V8 compiles what is called often: the first requests cost several times as much as all that follow.
const chosen = [...everyShape()].filter((_, index) => index % EACH === 0);
for (const genes of chosen) if (genes.most === 200) await send(toShape(genes, SECRET));
await settle();
let shapes = 0;
for (const genes of chosen) {
  await look(genes);
  shapes += 1;
}
const end = performance.now() + SECONDS * 1000;
do {
  for (const known of best.values()) {
    await look(mutate(pick(known)));
    shapes += 1;
  }
} while (performance.now() < end);
const heads = [];
for (const head of HEADS) heads.push({ route: head.title, ...(await measure(() => head, 6)) });

console.log(
  `\nThe dearest requests of ${shapes} shapes: milliseconds of CPU, lowest of 6; the limit is ${LIMIT_MS}`,
);
console.table(
  [...best].flatMap(([route, found]) =>
    found.slice(0, 3).map(({ ms, status, title }) => ({ route, ms: Number(ms.toFixed(2)), status, title })),
  ),
);
console.table(heads.map(({ route, ms, status }) => ({ route, ms: Number(ms.toFixed(2)), status })));
await compareRefusals();
const all = [...[...best.values()].flat(), ...heads].map(({ ms }) => ms);
console.log(`Worst: ${Math.max(...all).toFixed(2)} ms of CPU.`);
await collector.stop();
// A short run is a test, on any machine: its figures are not to be judged.
process.exit(!isShort && Math.max(...all) > LIMIT_MS ? 1 : 0);
