import { hash } from "node:crypto";
import type { ItemRejection, RejectedItem } from "@rumkit/protocol";
import { isRejection } from "../base/rejection.ts";
import { NOTHING_SHOWN } from "../base/shownEvents.ts";
import type { Count } from "../journal/count.ts";
import type { Sample } from "../metrics/sample.ts";
import type { IngestVocabulary } from "./ingestedSamples.ts";
import { parseItem, parseItems, type UnreadItems } from "./parseItems.ts";

/** Items as they arrived, over HTTP or from the log. */
export interface ArrivedItems {
  readonly body: Buffer;
  /** The name of the service. */
  readonly service: string;
  /** The `Idempotency-Key` of the request, if it had one. */
  readonly idempotencyKey: string | undefined;
}

/** Items that were checked, and are not counted yet. */
export interface ReadItems {
  readonly verdict: ItemsVerdict;
  /** Identifies the request on every retry; undefined if it had no key. */
  readonly key: string | undefined;
  readonly fingerprint: string | undefined;
}

/** Reads a body. Throws as `parseItems` does. */
export function readItems(
  { body, service, idempotencyKey }: ArrivedItems,
  translate: IngestVocabulary,
): ReadItems {
  const verdict = judgeItems(parseItems(body), translate);
  if (idempotencyKey === undefined) return { verdict, key: undefined, fingerprint: undefined };
  return {
    verdict,
    key: JSON.stringify(["ingest", service, idempotencyKey]),
    fingerprint: hash("sha256", body),
  };
}

/** Counts items once. `at` is the time of arrival in milliseconds since 1970. */
export function countItems(
  { verdict, key, fingerprint }: ReadItems,
  at: number,
  count: Count,
): ReturnType<Count> {
  // Not "server", because the many batches of services must not displace orders from memory.
  return count({ key, fingerprint, from: "page", at, samples: verdict.samples, events: NOTHING_SHOWN });
}

/** The outcome of the items of a request. */
interface ItemsVerdict {
  readonly samples: Sample[];
  readonly rejected: RejectedItem[];
  /** Counted values: an item with `count` 3 adds three. */
  readonly accepted: number;
}

/** Maximum explained faults per request: if a service sends more, they repeat. */
const MAX_EXPLAINED = 20;
const UNEXPLAINED = `The first ${MAX_EXPLAINED} faults of a request are explained.`;

/**
 * Translates every item. The samples include those that count accepted and refused items, so that all are stored and
 * counted together, once.
 */
function judgeItems({ items, dropped = {} }: UnreadItems, translate: IngestVocabulary): ItemsVerdict {
  const samples: Sample[] = [];
  const rejected: RejectedItem[] = [];
  const rejectedTimes = new Map<ItemRejection, number>();
  let accepted = 0;
  for (const [index, value] of items.entries()) {
    const item = parseItem(value);
    const counted = isRejection(item) ? item : translate(item);
    const times = (isRejection(item) ? undefined : item.count) ?? 1;
    if (isRejection(counted)) {
      const { code } = counted;
      rejected.push({
        index,
        code,
        message: rejected.length < MAX_EXPLAINED ? counted.message : UNEXPLAINED,
      });
      rejectedTimes.set(code, (rejectedTimes.get(code) ?? 0) + times);
    } else {
      samples.push(...counted);
      accepted += times;
    }
  }
  samples.push(
    { metric: "rum_ingest_requests_accepted_total", labels: {}, value: 1 },
    { metric: "rum_ingest_items_accepted_total", labels: {}, value: accepted },
    ...byReason("rum_ingest_items_rejected_total", [...rejectedTimes]),
    ...byReason("rum_ingest_items_dropped_total", Object.entries(dropped)),
  );
  return { samples, rejected, accepted };
}

function byReason(metric: string, times: readonly [string, number][]): Sample[] {
  return times.map(([reason, value]) => ({ metric, labels: { reason }, value }));
}
