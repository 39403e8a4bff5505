import {
  type IngestBatch,
  type IngestItem,
  ITEM_REASONS,
  itemFields,
  type ItemRejection,
  itemsFields,
  MAX_INGEST_ITEMS,
} from "@rumkit/protocol";
import { Rejection } from "../base/rejection.ts";
import { CollectError } from "../http/collectError.ts";
import { isObject } from "../http/fieldReaders.ts";
import { codeOfKind, explainField, explainFields, readObject, toShape } from "../http/objectReader.ts";
import { parseJson } from "../http/parseJson.ts";

/** A request to `/ingest` whose items are still unread. */
export interface UnreadItems extends Omit<IngestBatch, "items"> {
  items: unknown[];
}

/** The reason why one item is not counted. */
export type BadItem = Rejection<ItemRejection>;

/** Reads one of the three forms of a body. Throws a `CollectError`: those of `parseJson`, `bad_items`, `too_many_items`. */
export function parseItems(body: Buffer): UnreadItems {
  const envelope = toEnvelope(parseJson(body));
  const { items } = envelope;
  if (Array.isArray(items) && items.length > MAX_INGEST_ITEMS)
    throw new CollectError("too_many_items", `A request has at most ${MAX_INGEST_ITEMS} items.`);
  const read = readObject(envelope, envelopeShape) as unknown as UnreadItems | string;
  if (typeof read !== "string") return read;
  const issues = explainFields(itemsFields, envelope);
  throw new CollectError("bad_items", "The object is not an item and has no items.", issues);
}

/** Reads one item. Returns the item, or the reason why it is refused. Never throws. */
export function parseItem(value: unknown): IngestItem | BadItem {
  if (!isObject(value)) return new Rejection("bad_item", "An item is an object.");
  const item = readObject(value, itemShape) as unknown as IngestItem | string;
  if (typeof item !== "string") return item;
  const field = itemFields[item as keyof typeof itemFields];
  return new Rejection<ItemRejection>(codeOfKind(field, ITEM_REASONS), () =>
    explainField(field, item, value[item]),
  );
}

const itemShape = toShape(itemFields);
const envelopeShape = toShape(itemsFields);

function toEnvelope(value: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(value)) return { items: value };
  if (!isObject(value))
    throw new CollectError("bad_items", "A body is an item, an array of items, or an object with items.");
  return "items" in value ? value : { items: [value] };
}
