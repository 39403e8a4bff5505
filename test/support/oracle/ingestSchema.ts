/** Items of `/ingest`, declared a second time, with zod: see `batchSchema.ts`. */
import {
  MAX_COUNT,
  MAX_DETAILS,
  MAX_INGEST_ITEMS,
  MAX_INGEST_VALUE,
  MAX_NAME,
  MAX_TEXT,
} from "@rumkit/protocol";
import { z } from "zod";

const INGESTED_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;

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
});

/** The events that a sender lost itself. More than `most` are read as `most`: they are not a reason to refuse the rest. */
export function droppedUpTo(most: number) {
  return z
    .number()
    .int()
    .min(0)
    .overwrite((value) => Math.min(value, most))
    .exactOptional();
}

const dropped = droppedUpTo(MAX_DROPPED);

/** A request with its items unread: one bad item costs itself, not the request. */
export const ingestEnvelopeSchema = z.object({
  items: z.array(z.unknown()).max(MAX_INGEST_ITEMS),
  dropped: z
    .object({ queue_full: dropped, oversize: dropped, invalid: dropped, refused: dropped, expired: dropped })
    .exactOptional(),
});
