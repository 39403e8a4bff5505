import type { Broker } from "@rumkit/server";
import { clusterRecords, WANTED } from "@rumkit/server/internal/cluster";

/** A partition, as its records and the log say. */
interface PartitionState {
  readonly partition: number;
  /** The aggregator that counts it; null for one that is free. */
  readonly owner: string | null;
  /** The aggregator that it is assigned to; null without an assignment. */
  readonly wanted: string | null;
  /** One more with each change of the owner. */
  readonly token: number;
  /** The last position that its owner published, or the one at which it was released. */
  readonly position: number;
  /** Positions between that and the end of the partition. */
  readonly behind: number;
}

/** The partitions of a log. */
export interface ClusterState {
  readonly partitions: readonly PartitionState[];
}

export async function readCluster(broker: Broker): Promise<ClusterState> {
  const records = clusterRecords(broker.records);
  const [owned, aggregators, assignment] = await Promise.all([
    records.partitions.list(),
    records.aggregators.list(),
    records.assignment.read(WANTED),
  ]);
  const owners = new Map(owned.map(([name, { value }]) => [name, value]));
  const positions = new Map(aggregators.map(([name, { value }]) => [name, value.positions]));
  const partitions = Array.from({ length: broker.partitions }, async (_, partition) => {
    const name = String(partition);
    const { owner = null, token = 0, from = 0 } = owners.get(name) ?? {};
    const published = owner === null ? undefined : positions.get(owner)?.[name];
    const position = Math.max(published ?? 0, from);
    const { last } = await broker.bounds(`batches.${partition}`);
    const wanted = assignment?.value.owners[partition] ?? null;
    return { partition, owner, wanted, token, position, behind: Math.max(last - position, 0) };
  });
  return { partitions: await Promise.all(partitions) };
}

/** Renders a line for each partition. */
export function renderCluster({ partitions }: ClusterState): string {
  const rows = partitions.map(({ partition, owner, wanted, token, position, behind }) => [
    String(partition),
    owner ?? "free",
    wanted === owner ? "" : wanted === undefined ? "is released" : `moves to ${wanted}`,
    String(token),
    String(position),
    String(behind),
  ]);
  const all = [["partition", "owner", "", "token", "position", "behind"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const render = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd();
  return `${all.map(render).join("\n")}\n`;
}
