/**
 * The cost of a scrape of 100,000 series, and its effect on other requests: `npm run bench -- scrape`.
 *
 * Every row is measured in its own processes, in turns; of each the best counts, because noise only ever
 * slows down. Of memory the worst counts.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { join } from "node:path";
import { postBatches } from "./load.ts";
import { nextMessage } from "./nextMessage.ts";
import { orShort } from "./rounds.ts";
import type { Measured, Scrapes } from "./scrape/measured.ts";

const ROUNDS = orShort(2);
const SUBJECTS = ["rumkit", "prom-client", "@prometheus-io/client"];
const KINDS = ["counters", "histograms"];

async function runSubject(subject: string, kind: string): Promise<Scrapes> {
  const child = fork(join(import.meta.dirname, "scrape/subject.ts"), [subject, kind], {
    stdio: "inherit",
    execArgv: ["--expose-gc"],
  });
  const scrapes = await nextMessage<Scrapes>(child);
  await once(child, "exit");
  return scrapes;
}

const runs = new Map<string, Scrapes[]>();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const kind of KINDS) {
    for (const subject of SUBJECTS) {
      const key = `100,000 ${kind}: ${subject}`;
      runs.set(key, [...(runs.get(key) ?? []), await runSubject(subject, kind)]);
    }
  }
}

function least(all: readonly Measured[], field: keyof Measured): number {
  return Number(Math.min(...all.map((measured) => measured[field])).toFixed(1));
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  "Milliseconds, wall and in brackets CPU of the thread; steady: the best of ten, first: of two.\n",
);
console.table(
  [...runs].map(([title, all]) => {
    const firsts = all.map(({ first }) => first);
    const steady = all.flatMap((scrapes) => scrapes.steady);
    const pair = (of: readonly Measured[], wall: keyof Measured, cpu: keyof Measured): string =>
      `${least(of, wall)} (${least(of, cpu)})`;
    return {
      scrape: title,
      MB: Number(((firsts[0]?.bytes ?? 0) / 1e6).toFixed(1)),
      total: pair(steady, "total", "totalCpu"),
      "longest block": pair(steady, "block", "blockCpu"),
      "first total": pair(firsts, "total", "totalCpu"),
      "first longest block": pair(firsts, "block", "blockCpu"),
      "memory MB": Math.round(Math.max(...firsts.concat(steady).map(({ memory }) => memory))),
    };
  }),
);

/** Connections and seconds of the load; it leaves the server time to answer, so that waiting shows. */
const LOAD = { connections: 4, seconds: orShort(5, 0.3) };

/** Latency of `/collect`, with or without a scraper that begins anew as soon as it is answered. */
async function runIngest(isScraped: boolean): Promise<{ p50: number; p99: number; scrapes: number }> {
  const server = fork(join(import.meta.dirname, "scrape/scrapedServer.ts"), { stdio: "inherit" });
  const { port } = await nextMessage<{ port: number }>(server);
  await postBatches(port, { connections: LOAD.connections, seconds: orShort(1, 0.1) });
  const scraper = isScraped && fork(join(import.meta.dirname, "scrape/scraper.ts"), [String(port)]);
  if (scraper) await nextMessage(scraper);
  const { p50, p99, refused } = await postBatches(port, LOAD);
  let scrapes = 0;
  if (scraper) {
    scraper.send("stop");
    scrapes = await nextMessage<number>(scraper);
    await once(scraper, "exit");
  }
  server.disconnect();
  await once(server, "exit");
  if (refused > 0 || (isScraped && scrapes === 0)) throw new Error("Nothing was measured.");
  return { p50, p99, scrapes };
}

const without = [];
const scraped = [];
for (let round = 0; round < orShort(5); round += 1) {
  without.push(await runIngest(false));
  scraped.push(await runIngest(true));
}
const best = (all: readonly { p50: number; p99: number; scrapes: number }[], title: string): object => ({
  "POST /collect": title,
  "p50 ms": Number(Math.min(...all.map(({ p50 }) => p50)).toFixed(2)),
  "p99 ms": Number(Math.min(...all.map(({ p99 }) => p99)).toFixed(2)),
  "scrapes/s": Number((Math.max(...all.map(({ scrapes }) => scrapes)) / LOAD.seconds).toFixed(1)),
});
console.table([
  best(without, "alone"),
  best(scraped, "beside one scrape of 100,000 counters after the other"),
]);
process.exit();
