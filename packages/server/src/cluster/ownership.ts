import type { ClusterRecords, Found, Ownership } from "./clusterRecords.ts";

/** The owner of partitions, as records name it. */
export interface Owner {
  readonly name: string;
  /** The identity of its journal. */
  readonly journal: string;
}

/** A partition that may be counted now, and where to begin; `"new"` if it had no owner before. */
export interface Claimed {
  readonly token: number;
  readonly from: number | "new";
}

/**
 * Claims a partition. Returns undefined if it belongs to another journal, or if another aggregator was faster: see the
 * record. One that this journal owns already stays as it is.
 */
export async function claimPartition(
  { partitions }: Pick<ClusterRecords, "partitions">,
  partition: number,
  { name, journal }: Owner,
): Promise<Claimed | undefined> {
  const found = await partitions.read(String(partition));
  if (found && found.value.journal === journal) return found.value;
  if (found && found.value.journal !== null) return undefined;
  const { token, from } = found?.value ?? { token: 0, from: 0 };
  const owned: Ownership = { owner: name, journal, token: token + 1, from };
  const revision = await partitions.write(String(partition), owned, found?.revision ?? 0);
  if (revision === undefined) return undefined;
  return { token: owned.token, from: found ? from : "new" };
}

/**
 * Releases a partition, if this journal owns it. The next owner continues at the position, with the next token. `position`
 * gets the one at which this journal got it. Rejects as `Records.write`: then the partition stays with this journal.
 */
export async function releasePartition(
  { partitions }: Pick<ClusterRecords, "partitions">,
  partition: number,
  { journal }: Owner,
  position: (from: number) => number,
): Promise<void> {
  const found = await partitions.read(String(partition));
  if (found?.value.journal !== journal) return;
  await partitions.write(String(partition), releasedAt(found, position(found.value.from)), found.revision);
}

/** The record of a partition that has no owner from a position on. */
export function releasedAt({ value: { token } }: Found<Ownership>, position: number): Ownership {
  return { owner: null, journal: null, token: token + 1, from: position };
}
