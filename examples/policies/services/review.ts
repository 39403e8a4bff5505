/**
 * The review service, a process that reports through `@rumkit/client`: people look policies up, and override the answers that
 * they find wrong. `RUMKIT_INGEST_TOKEN` is its token. At its end it prints what it reported, as JSON.
 */
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createMetricsClient } from "@rumkit/client";
import { POLICIES, REGIONS } from "../policies.ts";
import { createRandom, pick, type Random } from "../random.ts";

/** The share of right answers that people override all the same. */
const DISAGREEMENT = 0.03;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:4000" },
    seed: { type: "string", default: "1" },
    /** Decisions after which it ends. Default: it goes on. */
    count: { type: "string", default: "Infinity" },
  },
});
const metrics = createMetricsClient({ url: values.url, flushIntervalMs: 200 });
const parent = process.ppid;
const stopping = new AbortController();
const counts = { decisions: {} as Record<string, number>, overrides: {} as Record<string, number> };
let left = Number(values.count);

for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stopping.abort());
await Promise.all([1, 2, 3, 4].map((person) => review(createRandom(Number(values.seed) * 10 + person))));
const undelivered = await metrics.close();
process.stdout.write(`${JSON.stringify({ ...counts, undelivered })}\n`);

/** One person: looks up, decides, thinks. The process does not outlive the one that started it. */
async function review(random: Random): Promise<void> {
  while (left > 0 && !stopping.signal.aborted && process.ppid === parent) {
    left -= 1;
    if (!(await decide(random))) left += 1;
    await wait(150 + random() * 300, undefined, { signal: stopping.signal }).catch(() => {});
  }
}

/** Returns whether a decision was made: an answer that failed is not decided on. */
async function decide(random: Random): Promise<boolean> {
  const region = pick(random, REGIONS);
  const policy = pick(random, POLICIES);
  const disagrees = random() < DISAGREEMENT;
  try {
    const response = await fetch(`${values.url}/policies/${policy.id}?region=${region}`);
    const { outcome } = (await response.json()) as { outcome?: string };
    if (!response.ok) return false;
    add("decisions", region);
    if (outcome !== policy.outcome || disagrees) add("overrides", region);
    return true;
  } catch {
    return false;
  }
}

function add(what: keyof typeof counts, region: string): void {
  metrics.increment(`hitl.${what}`, { region });
  counts[what][region] = (counts[what][region] ?? 0) + 1;
}
