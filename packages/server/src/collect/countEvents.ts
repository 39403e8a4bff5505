import { crc32 } from "node:zlib";
import { type BatchEnvelope, type Device, DEVICES } from "@rumkit/protocol";
import { NOTHING_SHOWN, type ShownEvents } from "../base/shownEvents.ts";
import { CollectError } from "../http/collectError.ts";
import { journalFailed } from "../http/refusal.ts";
import type { Count } from "../journal/count.ts";
import type { AppendOutcome } from "../journal/journal.ts";
import type { Sample } from "../metrics/sample.ts";
import { countRatings, vitalsIn } from "../pages/vitals.ts";
import { type ActiveSessions, experienceIn } from "./activeSessions.ts";
import {
  answerOf,
  countedSamples,
  describeBot,
  duplicateSamples,
  invalidSamples,
  noValidEvent,
  refusedSamples,
} from "./batchOutcome.ts";
import type { CollectOptions, OnVital } from "./collectOptions.ts";
import { judgeBatch, type Verdict } from "./judgeBatch.ts";
import { parseBatch } from "./parseBatch.ts";
import { browserFamily, deviceKind } from "./userAgent.ts";

/** A batch as it arrived, over HTTP or from the log. */
export interface ArrivedBatch {
  readonly body: Buffer;
  /** The `Idempotency-Key` of its request, if it had one. */
  readonly idempotencyKey: string | undefined;
  readonly userAgent: string | undefined;
  /** The sender that the limits of new names count; undefined if it is unknown. */
  readonly sender: string | undefined;
  /** Time of arrival in milliseconds since 1970. */
  readonly at: number;
}

/** A batch whose events were checked, and are not counted yet. */
export interface ReadEvents {
  readonly batch: BatchEnvelope;
  readonly verdict: Verdict;
  /** Identifies the batch on every retry. */
  readonly key: string;
  readonly fingerprint: string;
  readonly userAgent: string | undefined;
  readonly at: number;
  /** The message about a bot's `User-Agent`, empty in production; undefined for other senders. */
  readonly bot: string | undefined;
  /** The observations of vitals among the samples. */
  readonly vitals: readonly Sample[];
  /** The device that the start of a session in the batch says. */
  readonly said: Device | undefined;
}

/** Reads a body. Throws if none of its events can be counted. */
export function readEvents(
  { body, idempotencyKey, userAgent, sender, at }: ArrivedBatch,
  options: CollectOptions,
): ReadEvents {
  const { verbose } = options;
  const batch = parseFor(options, body, verbose);
  const bot = options.isBot(userAgent) ? (verbose ? describeBot(userAgent) : "") : undefined;
  const translate = options.translateOf?.(sender) ?? options.translate;
  const verdict = judgeBatch(batch, translate, options.overload, verbose);
  if (verbose) for (const message of faultsOf(verdict, bot)) options.onFault(message);
  if (verdict.accepted === 0 && verdict.shed === 0) {
    invalidSamples(verdict).forEach(options.record);
    throw noValidEvent(verdict);
  }
  const key = keyOf(batch, idempotencyKey);
  const vitals = vitalsIn(verdict.samples);
  const said = saidDevice(verdict);
  return { batch, verdict, key, fingerprint: fingerprintOf(body), userAgent, at, bot, vitals, said };
}

/** Returns the key that identifies a batch on every retry. */
export function keyOf({ id, session }: BatchEnvelope, idempotencyKey: string | undefined): string {
  // The session is part of the key, because every session begins to number at 1.
  return idempotencyKey === undefined ? id : JSON.stringify([session, idempotencyKey]);
}

export function parseFor({ app }: CollectOptions, body: Buffer, verbose: boolean): BatchEnvelope {
  const batch = parseBatch(body, verbose);
  if (batch.app && app !== undefined && batch.app !== app)
    throw new CollectError("unknown_app", `This collector counts the app "${app}".`);
  return batch;
}

function faultsOf({ rejected }: Verdict, bot: string | undefined): string[] {
  return [...rejected.flatMap(({ message }) => message ?? []), ...(bot === undefined ? [] : [bot])];
}

/**
 * Computes a checksum that distinguishes a batch that is sent again from another batch with the same id. Neither is
 * counted, so a forged checksum only changes the code of the answer.
 */
export function fingerprintOf(body: Buffer): string {
  // Sixteen hexadecimal digits, which a journal stores unchanged, without hashing them.
  return hexWord(crc32(body)) + hexWord(body.length);
}

function hexWord(value: number): string {
  return hexHalf(value >>> 16) + hexHalf(value & 0xff_ff);
}

function hexHalf(value: number): string {
  return HEX_BYTES[value >>> 8]! + HEX_BYTES[value & 0xff]!;
}

const HEX_BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Counts a batch once. */
export function countEvents(read: ReadEvents, { count, sessions }: CollectOptions): ReturnType<Count> {
  const { batch, verdict, key, fingerprint, userAgent, at, bot, vitals } = read;
  const isBot = bot !== undefined;
  const samples = countedSamples(batch, verdict, isBot);
  if (!isBot) {
    for (const sample of verdict.samples) samples.push(sample);
    const ratings = countRatings(vitals, () => deviceOf(read, sessions));
    for (const sample of ratings) samples.push(sample);
  }
  const events = isBot ? NOTHING_SHOWN : withSender(verdict.events, userAgent, batch.session);
  return count({ key, from: "page", fingerprint, at, samples, events });
}

/** Waits for the journal. Throws `journal_failed` if it cannot keep the batch. */
export async function untilKept(
  counting: Promise<AppendOutcome>,
  { verdict }: ReadEvents,
  { record }: CollectOptions,
): Promise<AppendOutcome> {
  try {
    return await counting;
  } catch (error) {
    refusedSamples(verdict, "journal_failed").forEach(record);
    throw error instanceof CollectError ? error : journalFailed("batch", error);
  }
}

/** Notes what a batch was: new, or counted before. Throws for one whose id belongs to another body. */
export function noteOutcome(
  outcome: AppendOutcome,
  read: ReadEvents,
  { record, sessions, onRelease, onVital }: CollectOptions,
): void {
  const { batch, verdict, bot } = read;
  if (outcome === "conflict") {
    refusedSamples(verdict, "id_conflict").forEach(record);
    throw new CollectError("id_conflict", "The id belongs to a batch with another body.");
  }
  if (outcome === "duplicate") duplicateSamples(verdict).forEach(record);
  else if (bot === undefined) {
    sessions.see(batch.session, batch.seq ?? 0, batch.rate, experienceIn(verdict.samples));
    noteVitals(read, sessions, onVital);
    if (batch.release !== undefined) onRelease(batch.release);
  }
}

export function renderAnswer({ verdict, bot }: ReadEvents, outcome: AppendOutcome): string {
  const isDuplicate = outcome === "duplicate";
  const isPlain = bot === undefined && !isDuplicate && verdict.rejected.length === 0 && verdict.shed === 0;
  // Nearly every answer, in a tenth of the time.
  if (isPlain) return `{"accepted":${verdict.accepted}}`;
  return JSON.stringify(answerOf(verdict, { bot, isDuplicate }));
}

/** Adds the session, and to errors the browser: other events do not need it, and only the request has it. */
function withSender(events: ShownEvents, userAgent: string | undefined, session: string): ShownEvents {
  const sessions = [session];
  return {
    ...events,
    describe: () => {
      const browser = events.errors > 0 ? browserFamily(userAgent) : "";
      return events
        .describe()
        .map((event) =>
          event.type === "error"
            ? { ...event, session, details: { ...event.details, browser } }
            : { ...event, session },
        );
    },
    pageErrors: () => {
      const errors = events.pageErrors();
      const browser = browserFamily(userAgent);
      for (const error of errors) Object.assign(error, { browser, sessions });
      return errors;
    },
  };
}

/**
 * Returns the device of a batch. Only the start of a session names it, so it is remembered while the session is active.
 * For a session whose start was not seen, the `User-Agent` of the batch decides.
 */
function deviceOf(
  { batch, said, userAgent }: ReadEvents,
  sessions: Pick<ActiveSessions, "deviceOf">,
): Device {
  return said ?? sessions.deviceOf(batch.session) ?? deviceKind(userAgent);
}

/** Returns the device that the start of a session in the batch says. */
export function saidDevice({ samples }: Pick<Verdict, "samples">): Device | undefined {
  const said = samples.find(({ metric }) => metric === "rum_sessions_total")?.labels["device"];
  return DEVICES.find((device) => device === said);
}

/** Remembers the device that a batch says, and passes on its vitals with it. */
function noteVitals(read: ReadEvents, sessions: Pick<ActiveSessions, "deviceOf">, onVital: OnVital): void {
  const { batch, said, vitals } = read;
  if (said !== undefined) sessions.deviceOf(batch.session, said);
  if (vitals.length === 0) return;
  const device = deviceOf(read, sessions);
  for (const { metric, value, times = 1 } of vitals) onVital(device, metric, value, times);
}
