/**
 * The CPU time and memory that importing `@rumkit/server` adds to a process that has Hono: `npm run bench -- import`.
 *
 * Both programs start in turns, eleven times each, and the medians are compared. CPU time does not depend on what else
 * runs as much as elapsed time does, but shared caches still count: `chrt -r 10 npm run bench -- import` shows less noise.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../scripts/steps.ts";
import { orShort } from "./rounds.ts";

/** An app that answers requests with Hono, in the repository's folder, where its imports resolve. */
const PROGRAMS = {
  "Node with Hono": 'import "hono"; import "@hono/node-server";',
  "Node with Hono and @rumkit/server": 'import "hono"; import "@hono/node-server"; import "@rumkit/server";',
};

/** Runs after the imports, because imports run first. */
const REPORT = `
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ cpuMs: (user + system) / 1000, megabytes: process.memoryUsage.rss() / 1e6 }));
`;

interface Cost {
  readonly cpuMs: number;
  readonly megabytes: number;
}

function measure(code: string): Cost {
  const output = execFileSync(process.execPath, ["--input-type=module", "--eval", code + REPORT], {
    cwd: join(ROOT, "bench"),
    encoding: "utf8",
  });
  return JSON.parse(output) as Cost;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

const TURNS = orShort(11);
const costs = Object.entries(PROGRAMS).map(([title, code]) => ({ title, code, found: [] as Cost[] }));
for (let turn = 0; turn < TURNS; turn += 1) {
  for (const { code, found } of costs) found.push(measure(code));
}
const medians = costs.map(({ title, found }) => ({
  title,
  cpuMs: median(found.map(({ cpuMs }) => cpuMs)),
  megabytes: median(found.map(({ megabytes }) => megabytes)),
}));
const [bare, ours] = medians as [(typeof medians)[number], (typeof medians)[number]];
const row = (title: string, { cpuMs, megabytes }: Cost): string =>
  `| ${title} | ${cpuMs.toFixed(0)} | ${megabytes.toFixed(1)} |`;
console.log(`Medians of ${TURNS} turns, Node ${process.version}:\n`);
console.log("| program | CPU ms | MB of memory |\n| --- | ---: | ---: |");
for (const each of medians) console.log(row(each.title, each));
console.log(
  row("added by the import", {
    cpuMs: ours.cpuMs - bare.cpuMs,
    megabytes: ours.megabytes - bare.megabytes,
  }),
);
