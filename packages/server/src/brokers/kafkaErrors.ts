import { BrokerError, type BrokerErrorCode } from "./broker.ts";

/**
 * Our codes by Kafka's names of errors, as kafkajs spells them. An error that is not listed is `refused` if Kafka calls it not
 * retriable, else `gone`.
 */
const CODES: Readonly<Record<string, BrokerErrorCode>> = {
  OFFSET_OUT_OF_RANGE: "trimmed",
  MESSAGE_TOO_LARGE: "too_large",
  RECORD_LIST_TOO_LARGE: "too_large",
  KAFKA_STORAGE_ERROR: "full",
  // Kafka has forgotten the producer, and may have kept the batch.
  OUT_OF_ORDER_SEQUENCE_NUMBER: "gone",
  UNKNOWN_PRODUCER_ID: "gone",
  INVALID_PRODUCER_EPOCH: "gone",
  // The topic is being created, or was deleted.
  UNKNOWN_TOPIC_OR_PARTITION: "gone",
};

/** Classes of kafkajs by name: errors that come from settings, not from the network. */
const REFUSED = /^KafkaJS(?:SASLAuthenticationError|ServerDoesNotSupportApiKey|NotImplemented)$/;

/** The fields of kafkajs' errors that matter here. */
interface ClientError extends Error {
  readonly type?: unknown;
  readonly retriable?: unknown;
}

/** Turns an error of kafkajs into a `BrokerError`, with the request: "publish to batches.0". */
export function toKafkaError(error: unknown, asked: string): BrokerError {
  if (error instanceof BrokerError) return error;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const text = `[rumkit] Kafka: ${asked}: ${message || name}.`.replace(/\.\.$/, ".");
  return new BrokerError(codeOf(error as ClientError), text, error);
}

function codeOf({ name, type, retriable }: ClientError): BrokerErrorCode {
  if (typeof type === "string") return CODES[type] ?? (retriable === false ? "refused" : "gone");
  return REFUSED.test(name) ? "refused" : "gone";
}

/** Returns Kafka's name of an error; that of the first one in an answer about several topics. */
function typeOf(cause: unknown): unknown {
  const { type, errors } = (cause ?? {}) as ClientError & { readonly errors?: readonly ClientError[] };
  return type ?? errors?.[0]?.type;
}

/** True if Kafka has answered that it does not know a request. */
export function isUnsupported({ cause }: BrokerError): boolean {
  return cause instanceof Error && cause.name === "KafkaJSServerDoesNotSupportApiKey";
}

/** True if Kafka keeps the batch already. */
export function isDuplicate({ cause }: BrokerError): boolean {
  return typeOf(cause) === "DUPLICATE_SEQUENCE_NUMBER";
}

/** True if a new topic exists already. */
export function isExisting({ cause }: BrokerError): boolean {
  return typeOf(cause) === "TOPIC_ALREADY_EXISTS";
}
