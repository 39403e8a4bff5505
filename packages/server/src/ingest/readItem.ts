import {
  type IngestItem,
  MAX_COUNT,
  MAX_DETAILS,
  MAX_INGEST_VALUE,
  MAX_NAME,
  MAX_TEXT,
} from "@rumkit/protocol";
import { INGESTED_NAME } from "../catalog/namePattern.ts";
import {
  describeShape,
  isObject,
  PROTOTYPE,
  readInteger,
  readNumber,
  readObject,
  readPattern,
} from "../http/fieldReaders.ts";

/**
 * Reads one item. Where `itemSchema` refuses it: the name of a field that is wrong, empty for what is no object. A
 * property test holds both to the same.
 */
export function readItem(value: unknown): IngestItem | string {
  return isObject(value) ? (readObject(value, item) as unknown as IngestItem | string) : "";
}

/** The first tag that is not allowed; undefined where there are only too many of them. */
export function faultOfTags(tags: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(tags).find((key) => key !== PROTOTYPE && !isTag(key, tags[key]));
}

function isTag(key: string, value: unknown): boolean {
  if (key.length > MAX_NAME) return false;
  return typeof value === "string"
    ? value.length <= MAX_TEXT
    : typeof value === "boolean" || Number.isFinite(value);
}

function readTags(value: unknown): unknown {
  if (!isObject(value)) return undefined;
  let keys = 0;
  for (const key in value) {
    if (key === PROTOTYPE) continue;
    keys += 1;
    if (keys > MAX_DETAILS || !isTag(key, value[key])) return undefined;
  }
  return Object.hasOwn(value, PROTOTYPE)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => key !== PROTOTYPE))
    : value;
}

const item = describeShape(
  {
    name: readPattern(INGESTED_NAME),
    value: readNumber(-MAX_INGEST_VALUE, MAX_INGEST_VALUE),
    tags: readTags,
    count: readInteger(1, MAX_COUNT),
  },
  ["name", "value"],
);
