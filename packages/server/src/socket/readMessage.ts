import { STREAM_METRIC_TYPES, type StreamMetricType } from "@rumkit/protocol";
import { isObject } from "../base/shape.ts";
import type { AddedFilters } from "./subscription.ts";

/** Seconds. At the lower end 10 messages a second are more than an eye follows; at the upper end a proxy closes a quiet connection. */
const INTERVAL = { least: 0.1, most: 60 };

/** Characters of a value: no label value is longer than 128, and a route of an app hardly is. */
const MAX_VALUE_LENGTH = 256;

const FILTERS = ["endpoint", "model", "metric_type", "interval", "labels", "exclude"] as const;

/** A message of a client, checked. */
export type ClientMessage =
  | { readonly type: "subscribe"; readonly filters: AddedFilters; readonly lastId: string | undefined }
  | { readonly type: "unsubscribe" | "ping" };

/** A message that cannot be answered. Its message is for the client. */
export class MessageFault extends Error {}

/** Reads a message. Throws a `MessageFault` that says what is wrong. */
export function readMessage(text: string): ClientMessage {
  const message = parse(text);
  const { type } = message;
  if (type === "ping" || type === "unsubscribe") return { type };
  if (type !== "subscribe") {
    throw new MessageFault(`Unknown message type ${quote(type)}. Use subscribe, unsubscribe or ping.`);
  }
  const misplaced = FILTERS.find((name) => Object.hasOwn(message, name));
  if (misplaced) throw new MessageFault(`${misplaced} belongs into "filters".`);
  return { type, filters: readFilters(message["filters"]), lastId: readLastId(message["last_id"]) };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MessageFault(`Invalid JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isObject(parsed) || Array.isArray(parsed)) {
    throw new MessageFault('A message is a JSON object with a "type".');
  }
  return parsed;
}

function readLastId(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new MessageFault("last_id is the id of a message, a string.");
}

function readFilters(value: unknown): AddedFilters {
  const filters = value ?? {};
  if (!isObject(filters) || Array.isArray(filters)) throw new MessageFault('"filters" is an object.');
  const unknown = Object.keys(filters).find((name) => !(FILTERS as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new MessageFault(`Unknown filter ${quote(unknown)}. Use ${FILTERS.join(", ")}.`);
  }
  return {
    endpoints: readValues("endpoint", filters["endpoint"]),
    models: readValues("model", filters["model"]),
    types: readTypes(filters["metric_type"]),
    interval: readInterval(filters["interval"]),
    labels: readLabels("labels", filters["labels"]),
    exclude: readLabels("exclude", filters["exclude"]),
  };
}

function readInterval(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && value >= INTERVAL.least && value <= INTERVAL.most) return value;
  throw new MessageFault(
    `interval is a number of seconds from ${INTERVAL.least} to ${INTERVAL.most}, not ${quote(value)}.`,
  );
}

function readTypes(value: unknown): (StreamMetricType | "all")[] {
  const known: readonly string[] = [...STREAM_METRIC_TYPES, "all"];
  const types = readValues("metric_type", value);
  const unknown = types.find((type) => !known.includes(type));
  if (unknown === undefined) return types as (StreamMetricType | "all")[];
  throw new MessageFault(`Unknown metric_type ${quote(unknown)}. Use ${known.join(", ")}.`);
}

function readLabels(filter: string, value: unknown): Record<string, string[]> {
  const labels = value ?? {};
  if (!isObject(labels) || Array.isArray(labels)) {
    throw new MessageFault(`${filter} is an object: the names of labels, and the values of each.`);
  }
  return Object.fromEntries(
    Object.entries(labels).map(([name, values]) => [name, readValues(`${filter}.${name}`, values)]),
  );
}

function readValues(filter: string, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const isFit = (each: unknown): each is string =>
    typeof each === "string" && each !== "" && each.length <= MAX_VALUE_LENGTH;
  if (values.every(isFit)) return values;
  throw new MessageFault(
    `${filter.slice(0, 100)} is a text of 1 to ${MAX_VALUE_LENGTH} characters, or a list of texts.`,
  );
}

/** A value of the client for a message: short, and as JSON. */
function quote(value: unknown): string {
  return (JSON.stringify(value) ?? "undefined").slice(0, 100);
}
