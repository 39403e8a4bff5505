import {
  type IngestBatch,
  type IngestItem,
  MAX_COUNT,
  MAX_DETAILS,
  MAX_INGEST_ITEMS,
  MAX_INGEST_VALUE,
  MAX_NAME,
  MAX_TEXT,
} from "@rumkit/protocol";
import { z } from "zod";
import { droppedUpTo } from "../http/droppedSchema.ts";
import { INGESTED_NAME } from "../catalog/namePattern.ts";

/** Dropped values that one request can report; more are taken for so many. */
const MAX_DROPPED = 1_000_000_000;

const tagValue = z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()]);

/** One value of a service. Unknown keys are dropped, so that a newer client loses nothing. */
export const itemSchema = z.object({
  name: z.string().regex(INGESTED_NAME),
  value: z.number().min(-MAX_INGEST_VALUE).max(MAX_INGEST_VALUE),
  tags: z
    .record(z.string().max(MAX_NAME), tagValue)
    .refine((tags) => Object.keys(tags).length <= MAX_DETAILS, `more than ${MAX_DETAILS} keys`)
    .exactOptional(),
  count: z.number().int().min(1).max(MAX_COUNT).exactOptional(),
}) satisfies z.ZodType<IngestItem>;

const dropped = droppedUpTo(MAX_DROPPED);

/** A request with its items unread: one bad item costs itself, not the request. */
export const ingestEnvelopeSchema = z.object({
  items: z.array(z.unknown()).max(MAX_INGEST_ITEMS),
  dropped: z
    .object({ queue_full: dropped, oversize: dropped, invalid: dropped, refused: dropped, expired: dropped })
    .exactOptional(),
}) satisfies z.ZodType<Omit<IngestBatch, "items"> & { items: unknown[] }>;
