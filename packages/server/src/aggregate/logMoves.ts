import type { Broker } from "../brokers/broker.ts";
import { LOST } from "./describeAggregateMetrics.ts";
import { type CountedSearch, findCounted } from "./findCounted.ts";
import type { PartitionCounter } from "./partitionCounter.ts";
import type { Position } from "./position.ts";

/** Called with a sentence about something that an operator must know. */
export type OnNotice = (kind: string, sentence: string) => void;

/** A partition whose position may jump. */
export interface MovedPartition extends CountedSearch {
  readonly broker: Pick<Broker, "bounds" | "read">;
  readonly labels: { readonly partition: string };
  readonly position: Position;
  readonly counter: PartitionCounter;
  readonly onNotice: OnNotice;
}

/**
 * Continues where the log continues if it has no message at the position: it removed messages before they were counted, or
 * it has lost its last messages, whose sequences others will get.
 */
export async function followLog(moved: MovedPartition): Promise<void> {
  const { broker, topic, labels, position, counter, onNotice } = moved;
  const bounds = await broker.bounds(topic);
  const { first, last } = bounds;
  const at = position.kept;
  if (last < at) await rewind(moved, await findCounted(moved, bounds), last);
  else if (first > at + 1) {
    const lost = first - 1 - at;
    onNotice(
      "lost",
      `The log removed ${topic} from ${at + 1} to ${first - 1} before it was counted. Counting continues. Let it keep messages for longer than the longest outage.`,
    );
    counter.skip(first - 1, [{ metric: LOST, labels, value: lost }]);
    await counter.recover();
  }
}

/** Goes back to an earlier sequence, in a log that ends at `last`. Messages that come again are known by their keys. */
export async function rewind(
  { topic, position, counter, onNotice }: Pick<MovedPartition, "topic" | "position" | "counter" | "onNotice">,
  to: number,
  last: number,
): Promise<void> {
  onNotice(
    "rewound",
    `The log of ${topic} ends at ${last}, and was counted up to ${position.kept}: it lost messages, or was created again. It is read again after ${to}; what this journal knows is not counted again.`,
  );
  counter.skip(to);
  await counter.recover();
}
