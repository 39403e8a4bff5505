import { isObject } from "../base/shape.ts";
import { BrokerError, type Records } from "./broker.ts";

/** The key of the record that holds what all collectors of a log have in common. */
const KEY = "log";

/** Divides among 2, 3, 4, 6 or 12 aggregators. */
const DEFAULT_PARTITIONS = 12;

/**
 * Returns the number of partitions of the log, and writes it down for a new one. A key of another number of partitions
 * would go to another topic: its second message would be counted again.
 *
 * @param wanted Rejects with `refused` if the log has another number. Default: what the log has, or 12.
 * @param refuse Rejects for a new log, which must not be created.
 */
export async function agreeOnPartitions(
  records: Records,
  wanted: number | undefined,
  refuse?: () => Promise<never>,
): Promise<number> {
  for (;;) {
    const kept = await records.read(KEY);
    const partitions = wanted ?? DEFAULT_PARTITIONS;
    if (!kept) {
      await refuse?.();
      const written = await records.write(KEY, JSON.stringify({ partitions }), 0);
      if (written !== undefined) return partitions;
      continue;
    }
    const found = partitionsIn(kept.text);
    if (wanted !== undefined && found !== wanted)
      throw new BrokerError("refused", `[rumkit] The log has ${found} partitions, not ${wanted}.`);
    return found;
  }
}

function partitionsIn(text: string): number {
  const value: unknown = JSON.parse(text);
  const partitions = isObject(value) ? value["partitions"] : undefined;
  if (Number.isSafeInteger(partitions)) return partitions as number;
  throw new BrokerError("refused", `[rumkit] The record "${KEY}" of the log names no partitions.`);
}
