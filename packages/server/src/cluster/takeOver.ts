import type { Aggregator, ClusterRecords, Found } from "./clusterRecords.ts";
import { releasedAt } from "./ownership.ts";

export interface TakeOverOptions {
  readonly records: ClusterRecords;
  /** The aggregator whose disk is lost. */
  readonly name: string;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<unknown>;
}

/** A partition that was freed. */
export interface TakenPartition {
  readonly partition: string;
  /** The position at which its next owner continues. */
  readonly from: number;
}

/**
 * Milliseconds without a sign of life after which an aggregator counts as lost. A process that was paused for longer than
 * half of it counts nothing before it has confirmed its name, which fails then.
 */
const SILENT_MS = 10_000;

/** Not the identity of any journal. */
const LOST = "lost";

/**
 * Frees the partitions of an aggregator whose journal is gone, at the last position that it published, so that the assigned
 * aggregators can claim them. What its journal counted is gone with it: Prometheus has its past.
 *
 * Rejects with an Error if it does not exist, or if it gives a sign of life. May be repeated after a failure.
 */
export async function takeOver({ records, name, wait }: TakeOverOptions): Promise<TakenPartition[]> {
  const { aggregators } = records;
  const found = await aggregators.read(name);
  if (!found) throw new Error(`No aggregator is called "${name}": rumkit cluster show lists all of them.`);
  const fenced = found.value.journal === LOST ? found : await fence(records, name, found, wait);
  const taken = await freePartitions(records, name, found.value);
  await aggregators.write(name, undefined, fenced.revision);
  return taken;
}

/** Takes the name away from its process, if that is silent: from now on it counts nothing. */
async function fence(
  { aggregators }: ClusterRecords,
  name: string,
  { value, revision }: Found<Aggregator>,
  wait: TakeOverOptions["wait"],
): Promise<Found<Aggregator>> {
  await wait(SILENT_MS);
  const lost: Aggregator = { ...value, journal: LOST, run: LOST };
  const written = await aggregators.write(name, lost, revision);
  if (written === undefined)
    throw new Error(`"${name}" is alive: it published its positions a moment ago. Stop it first.`);
  return { value: lost, revision: written };
}

async function freePartitions(
  { partitions }: ClusterRecords,
  name: string,
  { positions }: Aggregator,
): Promise<TakenPartition[]> {
  const owned = (await partitions.list()).filter(([, { value }]) => value.owner === name);
  const taken: TakenPartition[] = [];
  for (const [partition, found] of owned) {
    const from = Math.max(positions[partition] ?? 0, found.value.from);
    const written = await partitions.write(partition, releasedAt(found, from), found.revision);
    if (written === undefined)
      throw new Error(`Partition ${partition} changed meanwhile. Run the command again.`);
    taken.push({ partition, from });
  }
  return taken;
}
