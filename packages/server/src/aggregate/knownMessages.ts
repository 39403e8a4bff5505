import { type Broker, BrokerError, type KeptMessage, type Topic } from "../brokers/broker.ts";
import { type BatchMessage, type Message, readMessage } from "../brokers/message.ts";
import { ACTIVE_MS, type ActiveSessions, experienceIn } from "../collect/activeSessions.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";
import { fingerprintOf, keyOf, saidDevice } from "../collect/countEvents.ts";
import { judgeBatch } from "../collect/judgeBatch.ts";
import { parseBatch } from "../collect/parseBatch.ts";
import { readItems } from "../ingest/countItems.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import type { Journal, JournalEntry } from "../journal/journal.ts";

export interface KnownMessagesOptions {
  readonly broker: Pick<Broker, "read" | "bounds">;
  readonly topic: Topic;
  readonly partition: number;
  readonly journal: Pick<Journal, "append">;
  readonly collect: Pick<CollectOptions, "translate" | "isBot"> & { readonly sessions: ActiveSessions };
  readonly ingest: Pick<IngestOptions, "translate">;
  readonly now: () => number;
}

/** The messages after `after` up to `upTo`: another aggregator counted them. */
export interface KnownRange {
  readonly after: number;
  readonly upTo: number;
}

/**
 * Remembers the keys of messages that another aggregator counted, as far as the log keeps them, so that a retry counts once.
 * Sessions of the last five minutes stay active. Nothing is counted. Resolves when the journal has all keys.
 */
export async function rememberMessages(
  options: KnownMessagesOptions,
  { after, upTo }: KnownRange,
  signal: AbortSignal,
): Promise<void> {
  const { broker, topic, journal } = options;
  const bounds = await broker.bounds(topic);
  const last = Math.min(upTo, bounds.last);
  let next = Math.max(after + 1, bounds.first);
  while (next <= last && !signal.aborted) {
    try {
      for await (const chunk of broker.read(topic, next, signal)) {
        const known = chunk.filter(({ sequence }) => sequence <= upTo);
        await Promise.all(known.flatMap((message) => keyEntry(message, options) ?? []).map(journal.append));
        next = (chunk.at(-1)?.sequence ?? next - 1) + 1;
        if (next > last) return;
      }
    } catch (error) {
      if (!(error instanceof BrokerError) || error.code !== "trimmed") throw error;
      // The oldest of them left meanwhile.
      next = Math.max(next, (await broker.bounds(topic)).first);
    }
  }
}

/** The entry that remembers a message; undefined for one that was not counted. */
function keyEntry({ body }: KeptMessage, options: KnownMessagesOptions): JournalEntry | undefined {
  try {
    const message = readMessage(body);
    const entry = {
      at: Math.min(message.at, options.now()),
      increments: [],
      ...identityOf(message, options),
    };
    if (message.kind === "batch") noteSession(message, options);
    return entry;
  } catch {
    return undefined;
  }
}

/** Returns the key by which the journal knows a message. Throws for one that cannot be read. */
export function identityOf(
  message: Message,
  { ingest }: Pick<KnownMessagesOptions, "ingest">,
): Pick<JournalEntry, "key" | "from" | "fingerprint"> {
  switch (message.kind) {
    case "batch":
      return {
        key: keyOf(parseBatch(message.body, false), message.idempotencyKey),
        fingerprint: fingerprintOf(message.body),
        from: "page",
      };
    case "items": {
      const { service, idempotencyKey, body, id } = message;
      const { key = id, fingerprint } = readItems({ service, idempotencyKey, body }, ingest.translate);
      return { key, fingerprint, from: "page" };
    }
    case "call":
      return { key: message.key ?? message.id, from: "server" };
    case "reports":
      return { key: message.id, from: "page" };
  }
}

/** Lets an active session stay active. */
function noteSession(
  { body, at, userAgent }: BatchMessage,
  { collect, now, partition }: KnownMessagesOptions,
): void {
  const ageMs = Math.max(now() - at, 0);
  if (ageMs >= ACTIVE_MS || collect.isBot(userAgent)) return;
  const batch = parseBatch(body, false);
  const verdict = judgeBatch(batch, collect.translate, { sheds: () => false }, false);
  const { session, seq = 0, rate = 1 } = batch;
  const experience = experienceIn(verdict.samples);
  collect.sessions.recall({ session, seq, rate, experience }, ageMs, partition);
  const said = saidDevice(verdict);
  if (said !== undefined) collect.sessions.deviceOf(session, said);
}
