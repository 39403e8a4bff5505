import { type BatchEnvelope, MAX_EVENTS, MAX_NAME } from "@rumkit/protocol";
import { DROP_REASONS } from "../metrics/labelValues.ts";
import {
  describeShape,
  isObject,
  readDetails,
  readInteger,
  readNumber,
  readObject,
  readPattern,
  readText,
} from "../http/fieldReaders.ts";
import { HEX_128, LAST_INSTANT, LOWEST_RATE, MAX_DROPPED } from "./valueLimits.ts";

/**
 * Reads what a batch says of itself. Where `envelopeSchema` refuses it: the name of a field that is wrong. It is the
 * same contract, held to the schema by a property test. Its events are left unread.
 */
export function readEnvelope(value: Readonly<Record<string, unknown>>): BatchEnvelope | string {
  return readObject(value, envelope) as unknown as BatchEnvelope | string;
}

const id = readPattern(HEX_128);
const readCount = readInteger(0);

/** More than one batch can report is taken for so many. */
function readDropped(value: unknown): unknown {
  const count = readCount(value) as number | undefined;
  return count === undefined ? undefined : Math.min(count, MAX_DROPPED);
}

const dropped = describeShape(Object.fromEntries(DROP_REASONS.map((reason) => [reason, readDropped])), []);

function readAllDropped(value: unknown): unknown {
  const read = isObject(value) ? readObject(value, dropped) : undefined;
  return typeof read === "string" ? undefined : read;
}

const envelope = describeShape(
  {
    v: (value) => (value === 1 ? value : undefined),
    id,
    seq: readCount,
    // Empty is the same as not given.
    app: readText(MAX_NAME),
    release: readText(MAX_NAME),
    environment: readText(MAX_NAME),
    session: id,
    rate: readNumber(LOWEST_RATE, 1),
    sentAt: readNumber(0, LAST_INSTANT),
    dropped: readAllDropped,
    context: readDetails,
    events: (value) =>
      Array.isArray(value) && value.length >= 1 && value.length <= MAX_EVENTS ? value : undefined,
  },
  ["v", "id", "session", "sentAt", "events"],
);
