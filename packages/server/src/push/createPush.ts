import { hostname } from "node:os";
import type { AppFamily } from "../exposition/format.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { createKeptState, type KeptState } from "../journal/keptState.ts";
import { createReceiverParts, type ReceiverParts } from "../receivers/receiverParts.ts";
import { PRIVATE_OPTION } from "./checkRemoteWrite.ts";
import type { DeliveryParts } from "./deliverPoints.ts";
import type { PushFormat } from "./pushFormat.ts";
import { otlp } from "./otlpFormat.ts";
import { createPushHeaders } from "./pushHeaders.ts";
import { beginPushCounts, type PushLoss } from "./pushMetrics.ts";
import { createPushSender, type PushSender } from "./pushSender.ts";
import { createPushState } from "./pushState.ts";
import { createQuarantine } from "./quarantine.ts";
import { countSamples } from "./pushedSeries.ts";
import { remoteWrite1, remoteWrite2 } from "./remoteWriteFormats.ts";
import type { RemoteWriteOptions } from "./remoteWriteOptions.ts";
import { createSnapshots, type Snapshot } from "./snapshots.ts";
import { splitPoints } from "./splitPoints.ts";
import { createSpool, type Spool, SPOOL_SECTION } from "./spool.ts";

/** Pushes all metrics of a collector to a receiver. */
export interface Push {
  /** Records the gauges of the push. */
  show(): void;
  /**
   * Takes a snapshot if it is time, and sends what waits. Call it once a second. Resolves when nothing more is sent for now;
   * never rejects.
   */
  tick(): Promise<void>;
  /** Sends the last values and the end of every series. What cannot be sent in time stays in the journal. */
  close(): Promise<void>;
}

export interface PushOptions {
  readonly options: RemoteWriteOptions;
  readonly app: string;
  readonly recorder: Pick<Recorder, "exposed" | "record">;
  readonly readAppFamilies: () => Promise<readonly AppFamily[]>;
  readonly defaultLabels: () => Labels;
  readonly documents: KeptDocuments;
  /** Called before the series are read, for metrics that are counted only on demand. */
  readonly onRead: () => void;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  readonly random?: () => number;
  /** Prints a sentence once of each kind. */
  readonly warn: (kind: string, sentence: string) => void;
}

const DEFAULT_INTERVAL_MS = 15_000;
const DEFAULT_MAX_AGE_MS = 3_600_000;
const DEFAULT_SPOOL_BYTES = 8_388_608;

/** Milliseconds of a call of `tick` that comes early: its timer is not exact. */
const EARLY_MS = 500;

/** Milliseconds that the end of a process waits for the receiver. */
const CLOSE_MS = 1_500;

export function createPush(parts: PushOptions): Push {
  const { options, recorder, now, warn } = parts;
  const { record } = recorder;
  const { maxAgeMs = DEFAULT_MAX_AGE_MS, maxSpoolBytes = DEFAULT_SPOOL_BYTES } = options;
  const startedAt = now();
  beginPushCounts(record);
  const lose = (reason: PushLoss, samples: number, sentence = SENTENCES[reason]): void => {
    record({ metric: "rum_push_dropped_samples_total", labels: { reason }, value: samples });
    warn(`lost ${reason}`, `Samples of the push were dropped: ${sentence}`);
  };
  const kept = createKeptState(parts.documents, () => {});
  const spool = createSpool({
    kept: parts.documents.read(SPOOL_SECTION),
    maxBytes: maxSpoolBytes,
    maxAgeMs,
    write: (changes) => void kept.write(changes),
    onLoss: lose,
  });
  const quarantine = createQuarantine(now);
  const reading = createReading(parts, { kept, spool, lose, startedAt, isLeftOut: quarantine.has });
  const sender = createSender(parts, { spool, lose, onPoison: (id) => quarantine.add(id) });
  return {
    show: () => showPush(parts, { spool, sender, startedAt, maxAgeMs, maxSpoolBytes }),
    tick: async () => {
      spool.trim(now());
      await reading.takeIfDue();
      await sender.pump();
    },
    close: async () => {
      await reading.takeLast();
      const late = new Promise<void>((resolve) => void setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([sender.flush(), late]);
      await spool.pack();
      await kept.write([]);
    },
  };
}

interface ReadingParts {
  readonly kept: KeptState;
  readonly spool: Spool;
  readonly lose: (reason: PushLoss, samples: number) => void;
  readonly startedAt: number;
  readonly isLeftOut: (id: string) => boolean;
}

/** Takes snapshots into the spool. Neither rejects. */
interface ReadingOfSeries {
  /** Resolves when the snapshot that is due, or is being taken, is in the spool. */
  takeIfDue(): Promise<void>;
  takeLast(): Promise<void>;
}

function createReading(parts: PushOptions, { kept, spool, lose, ...others }: ReadingParts): ReadingOfSeries {
  const { options, recorder, now, warn } = parts;
  const { intervalMs = DEFAULT_INTERVAL_MS, maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  const state = createPushState(kept, others.startedAt);
  const snapshots = createSnapshots({ ...parts, ...state, ...others, families: recorder.exposed });
  let lastAt = state.lastAt ?? Number.NEGATIVE_INFINITY;
  let takenFor = Number.NEGATIVE_INFINITY;
  let taking: Promise<void> | undefined;
  const add = async (take: (at: number) => Promise<Snapshot>): Promise<void> => {
    const at = now();
    // A clock that was far ahead is right now: to wait until it is there again could take years.
    if (at <= lastAt && lastAt - at <= maxAgeMs) return lose("clock", snapshots.live.size);
    lastAt = at;
    parts.onRead();
    const snapshot = await take(at);
    for (const points of splitPoints(snapshot.points)) spool.add(points, at);
    await state.keep(snapshot, snapshots.live);
  };
  const addSafely = (take: (at: number) => Promise<Snapshot>): Promise<void> =>
    add(take).catch((error: unknown) => warn("fault", `The push cannot read the metrics: ${String(error)}`));
  return {
    takeIfDue: async () => {
      if (!taking && Math.abs(now() - takenFor) >= intervalMs - EARLY_MS) {
        takenFor = now();
        taking = addSafely(snapshots.take).finally(() => {
          taking = undefined;
        });
      }
      await taking;
    },
    takeLast: async () => {
      await taking;
      await addSafely(snapshots.takeLast);
    },
  };
}

const SENTENCES: Readonly<Record<PushLoss, string>> = {
  too_old: "they waited longer than remoteWrite.maxAgeMs.",
  spool_full: "more of them waited than remoteWrite.maxSpoolBytes holds.",
  unreadable: "a document of the journal is damaged.",
  refused: "the receiver refused them.",
  not_written: "the receiver stored less than it was sent.",
  clock: "the clock was set back, and a receiver refuses samples that are older than its newest.",
};

interface SenderParts {
  readonly spool: Spool;
  readonly lose: DeliveryParts["onLoss"];
  readonly onPoison: (id: string) => void;
}

function createSender(parts: PushOptions, { spool, lose, onPoison }: SenderParts): PushSender {
  const { options, app, now, warn, random = Math.random } = parts;
  const { allowPrivateAddresses, bisect = true, labels = {} } = options;
  const context = { now, allowPrivateAddresses, addressOption: PRIVATE_OPTION };
  const receiver: ReceiverParts = createReceiverParts(context);
  const url = receiver.read(options.url);
  const headersOf = createPushHeaders(options, receiver);
  const { record } = parts.recorder;
  return createPushSender({
    spool,
    now,
    random,
    warn,
    bisect,
    format: formatOf(options.version, { job: app, instance: hostname(), ...labels }),
    post: (body, { headers, writtenHeaders }: PushFormat) =>
      receiver.post({
        url: url.reveal(),
        body,
        headers: { ...headersOf(), ...headers },
        answerHeaders: writtenHeaders,
      }),
    onOutcome: (outcome) => record({ metric: "rum_push_requests_total", labels: { outcome }, value: 1 }),
    onTaken: (points) =>
      record({ metric: "rum_push_samples_total", labels: {}, value: countSamples(points) }),
    onLoss: lose,
    onPoison: ({ series }) => onPoison(series.id),
  });
}

function formatOf(version: RemoteWriteOptions["version"], labels: Labels): PushFormat {
  if (version === "otlp") return otlp(labels);
  return version === "2.0" ? remoteWrite2(labels) : remoteWrite1(labels);
}

interface Shown {
  readonly spool: Spool;
  readonly sender: PushSender;
  readonly startedAt: number;
  readonly maxAgeMs: number;
  readonly maxSpoolBytes: number;
}

function showPush(
  { recorder: { record }, now }: PushOptions,
  { spool, sender, startedAt, maxAgeMs, maxSpoolBytes }: Shown,
): void {
  const { bytes, ageMs } = spool.state(now());
  const set = (metric: string, value: number): void => record({ metric, labels: {}, value });
  set("rum_push_lag_seconds", Math.max(0, now() - (sender.takenAt ?? startedAt)) / 1_000);
  set("rum_push_spool_bytes", bytes);
  set("rum_push_spool_age_seconds", ageMs / 1_000);
  set("rum_push_spool_used_ratio", Math.max(bytes / maxSpoolBytes, ageMs / maxAgeMs));
}
