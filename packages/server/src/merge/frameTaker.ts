import { setTimeout as wait } from "node:timers/promises";
import { type Broker, BrokerError, type KeptMessage } from "../brokers/broker.ts";
import type { Journal } from "../journal/journal.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import { type MergeFrame, readMergeFrame } from "./frame.ts";
import {
  applyCounts,
  createFrameCounts,
  createFrameReader,
  type FrameCounts,
  incrementsOf,
} from "./frameCounts.ts";
import { createFrameSources, type FrameSources, setCounter, valueOf } from "./frameSources.ts";
import { createSourceTotals } from "./sourceTotals.ts";
import { createTotalsQuestion } from "./totalsWanted.ts";

export interface FrameTakerOptions {
  readonly broker: Pick<Broker, "read" | "bounds" | "records">;
  /** The name of this process. */
  readonly name: string;
  readonly recorder: Pick<Recorder, "record" | "resolve" | "countAll" | "families">;
  readonly journal: Pick<Journal, "append">;
  /** The totals of aggregators, and the position, that the journal kept. */
  readonly saved: Iterable<SavedSeries>;
  /** Called with each frame that was counted for the first time. */
  readonly onFrame: (frame: MergeFrame) => void;
  readonly onFailure: (error: unknown) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Counts the frames of all aggregators. */
export interface FrameTaker {
  /** True once everything is counted that was in the log at the start, and totals of all aggregators have come. */
  readonly isCaughtUp: () => boolean;
  /** The sequence of the last frame that is counted. */
  readonly position: () => number;
  /** Resolves when no frame is being counted. */
  readonly close: () => Promise<void>;
}

/** Milliseconds between the attempts to read. */
const AGAIN_MS = 250;

/** Frames of the time before the start count in windows only if they are younger, in milliseconds. */
const OLD_MS = 30_000;

/**
 * Counts each frame once: an entry of the journal has its counts, the number of the frame and the position in the log.
 * A process that starts without a journal begins at the end of the log, and asks aggregators for their totals.
 */
export function createFrameTaker(options: FrameTakerOptions): FrameTaker {
  const { broker, name } = options;
  const entries = createEntries(options);
  const { add, sources, position, moveTo } = entries;
  const question = createTotalsQuestion(broker.records, name);
  const ending = new AbortController();
  const { signal } = ending;
  let startEnd = Number.POSITIVE_INFINITY;

  const start = async (): Promise<void> => {
    const { last } = await broker.bounds("frames");
    // Fewer than were taken: the log is another one. Numbers and totals say what is new in it.
    if (position() === 0 || position() > last) moveTo(position() === 0 ? last : 0);
    startEnd = Math.min(startEnd, last);
    await question.ask();
  };
  const read = async (): Promise<void> => {
    await start();
    for await (const messages of broker.read("frames", position() + 1, signal)) {
      await add(messages, startEnd);
      if (sources.needTotals() && question.isOver()) await question.askAgain();
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) await read().catch((error: unknown) => recover(error, entries, options, signal));
  };
  const running = run();
  return {
    isCaughtUp: () => position() >= startEnd && (sources.hasAny() || question.isOver()),
    position,
    close: async () => {
      ending.abort();
      await running;
    },
  };
}

/** Forgets what was not kept, and waits for the next attempt to read. */
async function recover(
  error: unknown,
  { sources, moveTo }: Entries,
  { broker, onFailure }: FrameTakerOptions,
  signal: AbortSignal,
): Promise<void> {
  sources.reset();
  if (signal.aborted) return;
  onFailure(error);
  if (error instanceof BrokerError && error.code === "trimmed")
    await broker.bounds("frames").then(({ first }) => moveTo(first - 1), onFailure);
  await wait(AGAIN_MS, undefined, { ref: false, signal }).catch(() => {});
}

type Entries = ReturnType<typeof createEntries>;

/** Returns what counts chunks of messages. */
function createEntries({ recorder, journal, saved, onFrame, now }: FrameTakerOptions) {
  const totals = createSourceTotals(saved);
  const sources = createFrameSources(createFrameReader(recorder, totals), totals);
  /** The position from which to read, until a frame after it is counted. */
  let movedTo: number | undefined;

  /** Counts messages in one entry. */
  const keep = async (
    messages: readonly Numbered[],
    isOld: (message: Numbered) => boolean,
  ): Promise<void> => {
    const last = messages.at(-1);
    if (!last) return;
    const counts = createFrameCounts();
    const taken = takeFrames(messages, isOld, sources, counts);
    setCounter(counts.known, totals.position, last.sequence);
    await journal.append({ from: "server", at: now(), increments: incrementsOf(counts) });
    movedTo = undefined;
    applyCounts(counts, recorder);
    recordOutcomes(counts, recorder);
    taken.forEach(onFrame);
  };
  return {
    sources,
    position: () => movedTo ?? valueOf(totals.position),
    moveTo: (sequence: number) => {
      movedTo = sequence;
    },
    /** Counts a chunk. `startEnd` is the last sequence of the time before this start. */
    add: async (messages: readonly KeptMessage[], startEnd: number): Promise<void> => {
      const isOld = ({ sequence, frame }: Numbered): boolean =>
        sequence <= startEnd && (frame?.at ?? 0) < now() - OLD_MS;
      for (const group of groupsOf(messages.map(readNumbered))) await keep(group, isOld);
    },
  };
}

/** Adds messages to counts. Returns the frames that count. */
function takeFrames(
  messages: readonly Numbered[],
  isOld: (message: Numbered) => boolean,
  sources: FrameSources,
  counts: FrameCounts,
): MergeFrame[] {
  const taken: MergeFrame[] = [];
  for (const message of messages) {
    const { frame } = message;
    if (!frame) counts.outcomes.unreadable += 1;
    else if (sources.add(counts, frame, isOld(message))) taken.push(frame);
    else counts.outcomes.repeated += 1;
  }
  counts.outcomes.counted = taken.length;
  sources.finish(counts);
  return taken;
}

function recordOutcomes(
  { refused, outcomes }: FrameCounts,
  { record }: Pick<FrameTakerOptions["recorder"], "record">,
): void {
  if (refused > 0) record({ metric: "rum_worker_samples_refused_total", labels: {}, value: refused });
  for (const [outcome, value] of Object.entries(outcomes))
    if (value > 0) record({ metric: "rum_frames_total", labels: { outcome }, value });
}

interface Numbered {
  readonly sequence: number;
  /** Undefined for a message that is not a frame. */
  readonly frame: MergeFrame | undefined;
}

function readNumbered({ sequence, body }: KeptMessage): Numbered {
  try {
    return { sequence, frame: readMergeFrame(body) };
  } catch {
    return { sequence, frame: undefined };
  }
}

/** Divides messages into groups for an entry each: a frame that is compared with what is known comes alone. */
function groupsOf(messages: readonly Numbered[]): Numbered[][] {
  const groups: Numbered[][] = [[]];
  for (const message of messages) {
    const isCompared = message.frame?.totals !== undefined || message.frame?.ended !== undefined;
    if (isCompared) groups.push([message], []);
    else groups.at(-1)!.push(message);
  }
  return groups;
}
