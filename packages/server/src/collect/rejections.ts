import {
  BATCH_REJECTIONS,
  type BatchRejection,
  type EventRejection,
  eventRejections as events,
} from "@rumkit/protocol";

/** Codes as the reasons of a metric. */
function toReasons<Code extends string>(codes: readonly Code[]): Readonly<Record<Code, true>> {
  return Object.fromEntries(codes.map((code) => [code, true])) as Record<Code, true>;
}

export const batchRejections = toReasons<BatchRejection>(BATCH_REJECTIONS);

export const eventRejections = toReasons(Object.keys(events) as EventRejection[]);
