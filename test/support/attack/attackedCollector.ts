/**
 * A collector as deploy/systemd/rumkit.service runs it, `rumkit serve` of the built package with a journal on the disk,
 * to be attacked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServe } from "../serveProcess.ts";
import { SITE } from "./hostileBatches.ts";
import type { Reading } from "./watchLoop.ts";

const CLI = join(import.meta.dirname, "../../../packages/cli/dist/bin/rumkit.js");
const CATALOG = join(import.meta.dirname, "../../../examples/shop/catalog.ts");
/** Of the unit. `ATTACK_FLAGS=` with nothing shows what the defaults of V8 cost. */
const FLAGS = process.env["ATTACK_FLAGS"] ?? "--max-semi-space-size=8 --heap-growing-percent=80";
const WATCH = join(import.meta.dirname, "watchLoop.ts");

/** Its memory, and the cost of a scrape. */
interface Cost extends Reading {
  readonly expositionBytes: number;
}

export interface AttackedCollector {
  readonly port: number;
  /** Scrapes it some times. The block is the shortest of them: the least that the machine adds. */
  read(): Promise<Cost>;
  end(): Promise<void>;
}

export async function startAttackedCollector(): Promise<AttackedCollector> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-attack-"));
  const serving = await startServe({
    folder,
    cli: [...FLAGS.split(" ").filter(Boolean), "--import", WATCH, CLI],
    args: [CATALOG, "--port", "0", "--allowed-origins", SITE],
  });
  const { child, origin, says } = serving;
  const signal = async (answer: RegExp): Promise<string> => {
    const since = serving.output().length;
    child.kill("SIGUSR2");
    return (await says(answer, since))[0];
  };
  const scrape = async (): Promise<Cost> => {
    await signal(/Watching/);
    const answer = await fetch(`${origin}/metrics`);
    const expositionBytes = (await answer.arrayBuffer()).byteLength;
    return { expositionBytes, ...(JSON.parse(await signal(/\{"residentBytes.*\}/)) as Reading) };
  };
  return {
    port: Number(new URL(origin).port),
    read: async () => {
      const scrapes: Cost[] = [];
      for (let times = 0; times < 5; times += 1) scrapes.push(await scrape());
      const longestBlockMs = Math.min(...scrapes.map((cost) => cost.longestBlockMs));
      return { ...scrapes[0]!, longestBlockMs };
    },
    end: async () => {
      await serving.end();
      await rm(folder, { recursive: true });
    },
  };
}
