import { BrokerError, type BrokerErrorCode } from "./broker.ts";

/** By the first word of what Redis answers. Other errors are refusals. */
const CODES: Readonly<Record<string, BrokerErrorCode>> = {
  OOM: "full",
  // It cannot write to its disk, and stops taking writes.
  MISCONF: "full",
  // It restarts, another one leads now, or too few replicas are connected: this passes.
  LOADING: "gone",
  READONLY: "gone",
  MASTERDOWN: "gone",
  NOREPLICAS: "gone",
  CLUSTERDOWN: "gone",
  TRYAGAIN: "gone",
  BUSY: "gone",
};

const MEANINGS: Readonly<Record<string, string>> = {
  MOVED: "it is a Redis Cluster, which this driver does not support",
  WRONGTYPE: "a key of the log holds something else",
};

/** Returns the error of a command as a `BrokerError`. */
export function toBrokerError(error: unknown): BrokerError {
  if (error instanceof BrokerError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const word = /^[A-Z]+(?=\b)/.exec(text)?.[0] ?? "";
  if (!isReply(error)) return new BrokerError("gone", `[rumkit] Redis is gone: ${text}.`, error);
  const meaning = MEANINGS[word];
  return new BrokerError(
    CODES[word] ?? "refused",
    `[rumkit] Redis refuses a command${meaning ? `: ${meaning}` : ""}: ${text}`,
    error,
  );
}

/** Errors of `redis` that Redis itself answered, not the connection. */
const isReply = (error: unknown): boolean =>
  error instanceof Error && /^(?:ErrorReply|SimpleError|BlobError)$/.test(error.constructor.name);
