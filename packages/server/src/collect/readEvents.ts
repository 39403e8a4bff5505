import { crc32 } from "node:zlib";
import type { BatchEnvelope } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { describeBot, invalidSamples, noValidEvent } from "./batchOutcome.ts";
import type { CollectOptions } from "./collectOptions.ts";
import { judgeBatch, type Verdict } from "./judgeBatch.ts";
import { parseBatch } from "./parseBatch.ts";

/** A batch whose events were checked, and are not counted yet. */
export interface ReadEvents {
  readonly batch: BatchEnvelope;
  readonly verdict: Verdict;
  /** Identifies the batch on every retry. */
  readonly key: string;
  readonly fingerprint: string;
  /** The message about a bot's `User-Agent`, empty in production; undefined for other senders. */
  readonly bot: string | undefined;
}

/** Reads a body. Throws if none of its events can be counted. */
export function readEvents(
  body: Buffer,
  idempotencyKey: string | undefined,
  request: CollectRequest,
  options: CollectOptions,
): ReadEvents {
  const { verbose } = options;
  const batch = parseFor(options, body, verbose);
  const userAgent = request.header("user-agent");
  const bot = options.isBot(userAgent) ? (verbose ? describeBot(userAgent) : "") : undefined;
  const translate = options.translateOf?.(options.senderOf(request)) ?? options.translate;
  const verdict = judgeBatch(batch, translate, options.overload, verbose);
  if (verbose) for (const message of faultsOf(verdict, bot)) options.onFault(message);
  if (verdict.accepted === 0 && verdict.shed === 0) {
    invalidSamples(verdict).forEach(options.record);
    throw noValidEvent(verdict);
  }
  // The session is part of the key, because every session begins to number at 1.
  const key = idempotencyKey === undefined ? batch.id : JSON.stringify([batch.session, idempotencyKey]);
  return { batch, verdict, key, fingerprint: fingerprintOf(body), bot };
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
function fingerprintOf(body: Buffer): string {
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
