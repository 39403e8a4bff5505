import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import { freePort } from "../freePort.ts";
import type { RunningPrometheus } from "../prometheus.ts";
import { type Started, startProgram } from "../started.ts";
import { first } from "./catalog.ts";
import { startReplicas } from "./replicas.ts";
import { Traffic } from "./traffic.ts";

/** Series end so soon, so that a run sees it; and late enough for scrapes of a busy machine to have seen them. */
const IDLE_MS = 15_000;

type Release = "1" | "2";

/** A shop on a journal, its traffic, and two Prometheus with the generated rules. */
export interface ShopRun {
  readonly traffic: Traffic;
  readonly replicas: readonly RunningPrometheus[];
  /**
   * Another process on the same journal, while pages go on to report: what is sent as the first one ends, and what comes
   * when there is none, until it is acknowledged.
   */
  restart(release: Release): Promise<void>;
  /** Ends the shop for good. */
  end(): Promise<void>;
  /** Ends all of it. */
  stop(): Promise<void>;
}

export async function startShopRun(): Promise<ShopRun> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-increases-"));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const startShop = (release: Release): Promise<Started> =>
    startProgram(process.execPath, [join(import.meta.dirname, "shopProcess.ts")], {
      env: { PORT: String(port), FOLDER: folder, RELEASE: release, IDLE_MS: String(IDLE_MS) },
      ready: /listening/,
    });
  let shop = await startShop("1");
  const rules = join(folder, "rules.yaml");
  await writeFile(rules, renderRules(describeMetrics(first), first));
  const replicas = await startReplicas(origin, rules);
  const traffic = new Traffic(origin);
  return {
    traffic,
    replicas,
    restart: async (release) => {
      // On series that both have seen: what begins between the last scrape and the end is seen by none.
      const asItEnds = [traffic.batch("/", "x", "", 0), traffic.order()];
      await shop.stop();
      const whileGone = [traffic.batch("/", "x"), traffic.order()];
      shop = await startShop(release);
      await Promise.all([...asItEnds, ...whileGone]);
    },
    end: () => shop.stop(),
    stop: async () => {
      for (const replica of replicas) await replica.stop();
      await shop.stop();
      await rm(folder, { recursive: true });
    },
  };
}
