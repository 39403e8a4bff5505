import { type IngestBatch, type IngestItem, type ItemRejection, MAX_INGEST_ITEMS } from "@rumkit/protocol";
import { CollectError } from "../http/collectError.ts";
import { explainField } from "../http/explainFault.ts";
import { isObject } from "../http/fieldReaders.ts";
import { ingestEnvelopeSchema, itemSchema } from "./ingestSchema.ts";
import { parseJson } from "../http/parseJson.ts";
import { faultOfTags, readItem } from "./readItem.ts";
import { Rejection } from "../base/rejection.ts";

/** A request to `/ingest` whose items are still unread. */
export interface UnreadItems extends Omit<IngestBatch, "items"> {
  items: unknown[];
}

/** Why one item is not counted. */
export type BadItem = Rejection<ItemRejection>;

/** Reads one of the three forms of a body. Throws a `CollectError`: what `parseJson` throws, `bad_items`, `too_many_items`. */
export function parseItems(body: Buffer): UnreadItems {
  const value = parseJson(body);
  const envelope = toEnvelope(value);
  if (Array.isArray(envelope.items) && envelope.items.length > MAX_INGEST_ITEMS) {
    throw new CollectError("too_many_items", `A request has at most ${MAX_INGEST_ITEMS} items.`);
  }
  const parsed = ingestEnvelopeSchema.safeParse(envelope);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new CollectError("bad_items", "The object is no item and has no items.", issues);
}

/** Reads one item: the item, or why it is none. Never throws. */
export function parseItem(value: unknown): IngestItem | BadItem {
  const item = readItem(value);
  if (typeof item !== "string") return item;
  if (!isObject(value)) return new Rejection("bad_item", "An item is an object.");
  const code = item === "value" || item === "count" ? "bad_number" : "bad_item";
  return new Rejection<ItemRejection>(code, () =>
    explainField(itemSchema.shape, item, firstFault(value[item])),
  );
}

/** Of tags the first one that is not allowed. */
function firstFault(value: unknown): unknown {
  const tag = isObject(value) ? faultOfTags(value) : undefined;
  return tag === undefined ? value : { [tag]: (value as Readonly<Record<string, unknown>>)[tag] };
}

function toEnvelope(value: unknown): { items?: unknown } {
  if (Array.isArray(value)) return { items: value };
  if (typeof value !== "object" || value === null) {
    throw new CollectError("bad_items", "A body is an item, an array of items, or an object with items.");
  }
  return "items" in value ? value : { items: [value] };
}
