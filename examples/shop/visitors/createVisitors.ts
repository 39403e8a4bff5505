import { setTimeout as wait } from "node:timers/promises";
import { type Deployment, releases } from "../release.ts";
import { describeVisit } from "./describeVisit.ts";
import { playVisit, type Stage } from "./playVisit.ts";
import { createRandom } from "./random.ts";

export interface VisitorsOptions extends Omit<Stage, "signal" | "release"> {
  /** Decides who comes and what they do. Default 1. */
  seed?: number;
  /** The release that a new visitor gets. Default: the first one, for good. */
  deployment?: Deployment;
}

export interface Visitors {
  /** Sends everybody home; resolves when the last one has left. */
  stop(): Promise<void>;
  /** The number of visits that have begun. */
  visits(): number;
}

/** Enough to see every figure move, and so little that a laptop's fan stays silent. */
const VISITS_PER_SECOND = 2;

/** A visit takes about six seconds: 20 at once are only met when the shop has become slow. */
const MAX_VISITS_AT_ONCE = 20;

/** A forgotten demo ends its traffic within half a day. */
const MAX_DURATION_MS = 12 * 60 * 60 * 1_000;

/** Starts a stream of visitors with real batches and real requests. They stop by themselves after 12 hours. */
export function createVisitors({
  seed = 1,
  deployment = { current: releases.first },
  ...stage
}: VisitorsOptions): Visitors {
  const home = new AbortController();
  const signal = AbortSignal.any([home.signal, AbortSignal.timeout(MAX_DURATION_MS)]);
  let begun = 0;
  const everybody = receive(seed, deployment, { ...stage, signal }, () => (begun += 1));

  return {
    visits: () => begun,
    stop() {
      home.abort();
      return everybody;
    },
  };
}

async function receive(
  seed: number,
  deployment: Deployment,
  stage: Stage,
  onVisit: () => void,
): Promise<void> {
  const random = createRandom(seed);
  const inside = new Set<Promise<void>>();
  while (!stage.signal.aborted) {
    if (inside.size < MAX_VISITS_AT_ONCE) {
      const release = deployment.current;
      onVisit();
      const visit: Promise<void> = playVisit(describeVisit(random, release), {
        ...stage,
        release: release.name,
      })
        .catch(goHome)
        .finally(() => inside.delete(visit));
      inside.add(visit);
    }
    const gap = random.between(0.2, 1.8) * (1_000 / VISITS_PER_SECOND / (stage.pace ?? 1));
    await wait(gap, undefined, { signal: stage.signal }).catch(goHome);
  }
  await Promise.all(inside);
}

/** Shutdown and connection errors are expected; the next visitor simply tries again. */
function goHome(): void {}
