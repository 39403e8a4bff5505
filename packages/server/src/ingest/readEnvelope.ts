import { type BatchEnvelope, MAX_EVENTS, MAX_NAME } from "@rumkit/protocol";
import { DROP_REASONS } from "../metrics/labelValues.ts";
import {
  describeShape,
  faultOf,
  isObject,
  readDetails,
  readInteger,
  readNumber,
  readObject,
  readPattern,
  readText,
} from "./fieldReaders.ts";
import { HEX_128, LAST_INSTANT, LOWEST_RATE, MAX_DROPPED } from "./valueLimits.ts";

/**
 * Reads what a batch says of itself, or returns undefined where `envelopeSchema` refuses it: the same
 * contract, held to the schema by a property test. Its events are left unread.
 */
export function readEnvelope(value: Readonly<Record<string, unknown>>): BatchEnvelope | undefined {
  return readObject(value, envelope) as BatchEnvelope | undefined;
}

/** The first field that `envelopeSchema` refuses. */
export function faultOfEnvelope(value: Readonly<Record<string, unknown>>): string | undefined {
  return faultOf(value, envelope);
}

const id = readPattern(HEX_128);
const readCount = readInteger(0);

/** More than one batch can report is taken for so many. */
function readDropped(value: unknown): unknown {
  const count = readCount(value) as number | undefined;
  return count === undefined ? undefined : Math.min(count, MAX_DROPPED);
}

const dropped = describeShape(Object.fromEntries(DROP_REASONS.map((reason) => [reason, readDropped])), []);

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
    dropped: (value) => (isObject(value) ? readObject(value, dropped) : undefined),
    context: readDetails,
    events: (value) =>
      Array.isArray(value) && value.length >= 1 && value.length <= MAX_EVENTS ? value : undefined,
  },
  ["v", "id", "session", "sentAt", "events"],
);
