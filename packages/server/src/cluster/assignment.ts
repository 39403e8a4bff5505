import { type Assignment, type ClusterRecords, WANTED } from "./clusterRecords.ts";

/**
 * Gives each aggregator the same number of partitions, or one more. A partition keeps its owner where that is possible, so
 * that few of them move.
 *
 * @param names At least one.
 */
export function assignPartitions(
  partitions: number,
  names: readonly string[],
  { owners }: Assignment = { owners: [] },
): Assignment {
  const least = Math.floor(partitions / names.length);
  let more = partitions % names.length;
  const counts = new Map(names.map((name) => [name, 0]));
  const take = (name: string | undefined): string | undefined => {
    const count = name === undefined ? undefined : counts.get(name);
    if (name === undefined || count === undefined || count > least || (count === least && more === 0))
      return undefined;
    if (count === least) more -= 1;
    counts.set(name, count + 1);
    return name;
  };
  const kept = Array.from({ length: partitions }, (_, partition) => take(owners[partition]));
  const next = (): string => names.toSorted((one, other) => counts.get(one)! - counts.get(other)!)[0]!;
  return { owners: kept.map((owner) => owner ?? take(next())!) };
}

/**
 * Returns the wanted owners. Without an assignment, the first aggregator of an app gets all partitions: one aggregator works
 * without a command.
 *
 * @param before The last assignment that this aggregator saw. A log that was emptied gets it again: only the owners know the
 * ids that they have counted.
 */
export async function readAssignment(
  { assignment }: Pick<ClusterRecords, "assignment">,
  name: string,
  partitions: number,
  before: Assignment | undefined,
): Promise<Assignment> {
  const found = await assignment.read(WANTED);
  if (found) return found.value;
  await assignment.write(WANTED, before ?? assignPartitions(partitions, [name]), 0);
  return (await assignment.read(WANTED))?.value ?? { owners: [] };
}

/** Times that an assignment is tried again if another command writes one at the same time. */
const TRIES = 5;

/**
 * Writes which aggregators count an app. Returns the assignment; running aggregators follow it within seconds. Rejects with
 * an Error if other commands keep writing one.
 */
export async function writeAssignment(
  { assignment }: Pick<ClusterRecords, "assignment">,
  partitions: number,
  names: readonly string[],
): Promise<Assignment> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await assignment.read(WANTED);
    const wanted = assignPartitions(partitions, names, found?.value);
    const written = await assignment.write(WANTED, wanted, found?.revision ?? 0);
    if (written !== undefined) return wanted;
  }
  throw new Error("Another command changes the assignment at the same time.");
}
