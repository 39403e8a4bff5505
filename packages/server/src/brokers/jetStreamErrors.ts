import { BrokerError, type BrokerErrorCode } from "./broker.ts";

/** Numbers of errors, as NATS' `errors.json` has them. */
const STREAM_EXISTS = 10_058;
const STORE_FAILED = 10_077;

/** Resources, memory and storage of the account or the server are used up. */
const FULL = new Set([10_002, 10_023, 10_028, 10_047]);
/** The message, or its head, exceeds the maximum of the stream. */
const TOO_LARGE = new Set([10_054, 10_097]);
/** JetStream is not enabled, for the account or the server. */
const NOT_ENABLED = new Set([10_039, 10_076]);

/** Why a store failed: the only reason that NATS tells in words. */
const NO_ROOM = /maximum (bytes|messages)|no space|resource/i;

/** The fields of the client's errors that matter here. Its classes are only there once it is loaded. */
interface ClientError extends Error {
  /** The number of an error of JetStream. */
  readonly code?: unknown;
  readonly status?: unknown;
}

/** Turns an error of the client into a `BrokerError`, with what was asked: "publish to batches.0". */
export function brokerErrorOf(error: unknown, asked: string): BrokerError {
  if (error instanceof BrokerError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new BrokerError(
    codeOf(error as ClientError),
    `[rumkit] NATS: ${asked}: ${message || name}.`.replace(/\.\.$/, "."),
    error,
  );
}

function codeOf({ name, message, code, status }: ClientError): BrokerErrorCode {
  if (name === "PermissionViolationError" || name === "AuthorizationError") return "refused";
  if (name === "InvalidArgumentError") return message.includes("max_payload") ? "too_large" : "refused";
  if (typeof code !== "number") return "gone";
  if (FULL.has(code) || (code === STORE_FAILED && NO_ROOM.test(message))) return "full";
  if (TOO_LARGE.has(code)) return "too_large";
  if (NOT_ENABLED.has(code)) return "refused";
  // 503: no leader, or too few servers. 404: the stream was deleted, or is not yet known after a start.
  return code === STORE_FAILED || status === 503 || status === 404 ? "gone" : "refused";
}

/** True if a stream exists already, with other settings. */
export function isExistingStream(error: unknown): boolean {
  return error instanceof Error && (error as ClientError).code === STREAM_EXISTS;
}
