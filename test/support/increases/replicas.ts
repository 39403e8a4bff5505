import { setTimeout as wait } from "node:timers/promises";
import { type RunningPrometheus, startPrometheus } from "../prometheus.ts";

/** Two scrapes of one second that are nearer are at the same moment, for what is between them. */
const NEAREST_S = 0.15;

interface Stored {
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** Two Prometheus that scrape the same target at different moments of a second. */
export async function startReplicas(origin: string, rules: string): Promise<readonly RunningPrometheus[]> {
  const first = await startReplica(origin, rules, 0);
  // Prometheus takes the moment from the target's name and its own name.
  for (let attempt = 1; ; attempt += 1) {
    const second = await startReplica(origin, rules, attempt);
    const apart = Math.abs((await readOffset(first)) - (await readOffset(second)));
    if (Math.min(apart, 1 - apart) >= NEAREST_S) return [first, second];
    await second.stop();
  }
}

async function startReplica(origin: string, rules: string, index: number): Promise<RunningPrometheus> {
  const replica = await startPrometheus(origin, [rules], String(index));
  while ((await replica.query("up"))[0]?.value !== 1) await wait(100);
  return replica;
}

/** Seconds within a second at which it scrapes. */
async function readOffset(prometheus: RunningPrometheus): Promise<number> {
  const [at = 0] = (await readUp(prometheus)).at(-1) ?? [];
  return at % 1;
}

/** The longest time without a scrape that was answered, in seconds: the machine was busy, or no collector was there. */
export async function longestGap(prometheus: RunningPrometheus): Promise<number> {
  const answered = (await readUp(prometheus)).filter(([, value]) => value === "1").map(([at]) => at);
  return Math.max(0, ...answered.map((at, index) => at - (answered[index - 1] ?? at)));
}

async function readUp(prometheus: RunningPrometheus): Promise<Stored["values"]> {
  const answer = (await prometheus.ask("query?query=up%5B2h%5D")) as { data: { result: Stored[] } };
  return answer.data.result[0]?.values ?? [];
}
