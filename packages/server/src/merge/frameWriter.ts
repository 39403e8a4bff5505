import { setTimeout as wait } from "node:timers/promises";
import { type Broker, BrokerError } from "../brokers/broker.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { Series } from "../metrics/seriesStore.ts";
import { createPendingCounts } from "../workers/pendingCounts.ts";
import { type MergeFrame, type SeriesName, writeFrame } from "./frame.ts";
import type { Epoch } from "./frameEpoch.ts";
import { hasTotals, isMerged } from "./mergedFamilies.ts";
import { type FrameContent, packFrame } from "./packFrames.ts";
import { createWaitingMoments } from "./seenMoments.ts";
import type { Seen } from "./seenTap.ts";
import { totalsOf } from "./seriesTotals.ts";
import { createWantedWatch } from "./totalsWanted.ts";

export interface FrameWriterOptions {
  readonly broker: Pick<Broker, "publish" | "records">;
  /** The name of the aggregator. */
  readonly name: string;
  readonly recorder: Pick<Recorder, "families" | "onCount" | "onEnd">;
  /** Resolves with the identity of the journal and the number of this start, once both are durable. */
  readonly epoch: () => Promise<Epoch>;
  /** Called with each failed attempt to publish. */
  readonly onFailure: (error: unknown) => void;
}

/** Publishes what an aggregator counts, for the live page. */
export interface FrameWriter {
  readonly seen: Seen;
  /** Publishes what is left, waiting for `waitMs` at most, and says that the aggregator ends. Never rejects. */
  readonly close: (waitMs: number) => Promise<void>;
}

/** Milliseconds between two frames of an aggregator that counts nothing: the pace of gauges, and the sign that it runs. */
const BEAT_MS = 1_000;

/** Milliseconds from a count to its frame: viewers of the live page get a frame each 100 ms. */
const MIN_PACE_MS = 30;

/** Frames take at most this share of the time of the aggregator: larger ones come less often. */
const MAX_SHARE = 0.05;

/** Milliseconds between the attempts to publish a frame. */
const AGAIN_MS = 200;

/**
 * Publishes counts soon after the first of them, and gauges each second. Only what the journal has committed is counted,
 * and only that is published.
 *
 * A frame is sent again, unchanged, until the log has it, and counts once, because readers know its number. A start sends
 * the totals of all series first: readers add what they lack of them, so counts that were committed and not published
 * before a SIGKILL are not lost, and those that were published do not count again.
 */
export function createFrameWriter(options: FrameWriterOptions): FrameWriter {
  const { broker, onFailure } = options;
  const alarm = createAlarm();
  const source = createFrameSource(options, alarm.ring);
  const ending = new AbortController();
  const send = createSend(options, source, ending.signal);
  const state = { isEnding: false };

  const run = async (): Promise<void> => {
    const identity = await identify(options, () => state.isEnding);
    if (!identity) return;
    const wanted = createWantedWatch(broker.records);
    await wanted.changed();
    let tookMs = await send(identity, "start");
    while (!state.isEnding) {
      await alarm.wait(BEAT_MS);
      await wait(Math.min(Math.max(MIN_PACE_MS, tookMs / MAX_SHARE), BEAT_MS), undefined, { ref: false });
      tookMs = await send(identity, (await wanted.changed()) ? "request" : undefined);
    }
    await send(identity, undefined, true);
  };
  const running = run().catch(onFailure);
  return {
    seen: source.seen,
    close: async (waitMs) => {
      state.isEnding = true;
      alarm.ring();
      await Promise.race([running, wait(waitMs, undefined, { ref: false })]);
      ending.abort();
    },
  };
}

/** Publishes what was counted since the last call. Resolves to the milliseconds that its frames took to make. */
type Send = (identity: Epoch, begins: MergeFrame["begins"], isLast?: boolean) => Promise<number>;

function createSend(options: FrameWriterOptions, source: FrameSource, signal: AbortSignal): Send {
  let number = 0;
  return async (identity, begins, isLast = false) => {
    const startedAt = performance.now();
    const parts = packFrame({ ...source.take(begins), ...(isLast && { isLast }) });
    const frames = parts.map((part): MergeFrame => {
      number += 1;
      return { v: 1, ...identity, name: options.name, number, at: Date.now(), ...part };
    });
    const tookMs = performance.now() - startedAt;
    for (const frame of frames) await publish(frame, options, signal);
    return tookMs;
  };
}

/** Publishes a frame, again and again until the log has it, it never will, or the signal aborts. */
async function publish(
  frame: MergeFrame,
  { broker, onFailure }: FrameWriterOptions,
  signal: AbortSignal,
): Promise<void> {
  const message = { id: `${frame.source}.${frame.epoch}.${frame.number}`, body: writeFrame(frame) };
  while (!signal.aborted) {
    try {
      return await broker.publish("frames", message);
    } catch (error) {
      onFailure(error);
      // It can never be published: readers see that a number is missing, and ask for totals.
      if (isFinal(error)) return;
      await wait(AGAIN_MS, undefined, { ref: false, signal }).catch(() => {});
    }
  }
}

/** Begins an epoch, again and again while the journal fails: without one, live roles never hear of this aggregator. */
async function identify(
  { epoch, onFailure }: FrameWriterOptions,
  isEnding: () => boolean,
): Promise<Epoch | undefined> {
  while (!isEnding()) {
    try {
      return await epoch();
    } catch (error) {
      onFailure(error);
      await wait(AGAIN_MS, undefined, { ref: false });
    }
  }
  return undefined;
}

/** True for an error that the same frame gets each time. */
function isFinal(error: unknown): boolean {
  return error instanceof BrokerError && ["too_large", "closed"].includes(error.code);
}

interface FrameSource {
  readonly seen: Seen;
  /** Returns what was counted since the last call, and all totals if they begin. */
  readonly take: (begins: MergeFrame["begins"]) => FrameContent;
}

/** Follows the recorder. */
function createFrameSource(
  { recorder }: Pick<FrameWriterOptions, "recorder">,
  onFirst: () => void,
): FrameSource {
  const counts = createPendingCounts(onFirst);
  const { seen, take: takeSeen } = createWaitingMoments(() => performance.now());
  let ended: SeriesName[] = [];
  let gaugesAt = Number.NEGATIVE_INFINITY;
  const takeGauges = (): MergeFrame["gauges"] => {
    if (performance.now() - gaugesAt < BEAT_MS) return undefined;
    gaugesAt = performance.now();
    return counts.gauges();
  };
  recorder.onCount((series: Series) => (isMerged(series.descriptor) ? counts.listenerOf(series) : undefined));
  recorder.onEnd(({ descriptor, labels }) => {
    if (hasTotals(descriptor)) ended.push({ metric: descriptor.name, labels });
  });
  return {
    seen,
    take: (begins) => {
      const taken = counts.take();
      const content = {
        last: taken.filter(({ hasEnded = false }) => hasEnded),
        ended,
        series: taken.filter(({ hasEnded = false }) => !hasEnded),
        ...(begins && { begins, totals: totalsOf(recorder) }),
        gauges: takeGauges(),
        seen: takeSeen(),
      };
      ended = [];
      return content;
    },
  };
}

/** Lets a loop sleep until something happens. */
function createAlarm() {
  let isRinging = false;
  let wake = (): void => {};
  return {
    ring: () => {
      isRinging = true;
      wake();
    },
    /** Resolves when it rang since the last call, or after `ms`. */
    wait: async (ms: number): Promise<void> => {
      if (!isRinging) {
        const timer = new AbortController();
        const rung = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([rung, wait(ms, undefined, { ref: false, signal: timer.signal }).catch(() => {})]);
        timer.abort();
      }
      isRinging = false;
    },
  };
}
