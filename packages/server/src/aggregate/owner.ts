import type { CollectOptions } from "../collect/collectOptions.ts";
import { agreeOnPartitions } from "../brokers/agreeOnPartitions.ts";
import { readAssignment } from "../cluster/assignment.ts";
import { type Assignment, type ClusterRecords, clusterRecords } from "../cluster/clusterRecords.ts";
import { journalIdentity } from "../cluster/journalIdentity.ts";
import { createMembership, type Membership, NameTakenError } from "../cluster/membership.ts";
import { claimPartition, type Owner, releasePartition } from "../cluster/ownership.ts";
import { keptPosition } from "./keptPosition.ts";
import { type PartitionOptions, type RunningPartition, startPartition } from "./partition.ts";

export interface OwnerOptions extends Omit<PartitionOptions, "mayCount" | "confirmOwned"> {
  readonly collect: CollectOptions;
  readonly name: string;
  /** Differs with each start. */
  readonly run: string;
  /** A clock that never goes back, in milliseconds. */
  readonly steadyNow: () => number;
}

/** The partitions that this process counts: those that are assigned to its name, and that its journal owns. */
export interface PartitionOwner {
  readonly running: ReadonlyMap<number, RunningPartition>;
  /** True while it has its name, and has counted what its partitions had when it got them. */
  readonly isReady: boolean;
  /** Confirms the name, claims what is assigned to it, and releases the rest. Call it once a second, never twice at a time. */
  round(): Promise<void>;
  /** Stops counting. Its partitions stay its own. */
  stop(): Promise<void>;
}

export function createOwner(options: OwnerOptions): PartitionOwner {
  const { broker, name, onNotice, onFailure } = options;
  const records = clusterRecords(broker.records);
  const running = new Map<number, RunningPartition>();
  const told = createTold(onNotice);
  let member: Member | undefined;
  let assignment: Assignment | undefined;
  let hasAll = false;

  const stop = (): Promise<void> => stopAll(running, onFailure);
  return {
    running,
    get isReady() {
      const isSure = member?.membership.isSure === true;
      return isSure && hasAll && [...running.values()].every(({ isCaughtUp }) => isCaughtUp);
    },
    round: async () => {
      member ??= await join(options, records);
      try {
        await member.membership.confirm(positionsOf(running));
        told.tell("refused", undefined);
      } catch (error) {
        if (!(error instanceof NameTakenError)) throw error;
        told.tell("refused", error.message);
        await stop();
        // With everything that it wants: the records of an emptied log say nothing about it.
        if (error.isForgotten) member = undefined;
        return;
      }
      assignment = await readAssignment(records, name, broker.partitions, assignment);
      const missing = await follow(options, { records, member, running }, assignment.owners);
      hasAll = missing.length === 0;
      told.tell("waits", hasAll ? undefined : waitsFor(name, missing));
    },
    stop,
  };
}

async function stopAll(
  running: Map<number, RunningPartition>,
  onFailure: OwnerOptions["onFailure"],
): Promise<void> {
  const stopped = [...running.values()].map((partition) => partition.stop().catch(onFailure));
  running.clear();
  await Promise.all(stopped);
}

/** This aggregator, as the records of the log name it. */
interface Member {
  readonly self: Owner;
  readonly membership: Membership;
  /** Partitions that its journal may own: all of them at the start, before their records were read. */
  readonly maybeOwned: Set<number>;
}

async function join(
  { broker, name, run, journal, steadyNow }: OwnerOptions,
  records: ClusterRecords,
): Promise<Member> {
  // A log that was emptied meanwhile knows it no more.
  await agreeOnPartitions(broker.records, broker.partitions);
  const self = { name, journal: await journalIdentity(journal) };
  const membership = createMembership({ ...self, records, run, now: steadyNow });
  return { self, membership, maybeOwned: new Set(Array(broker.partitions).keys()) };
}

interface Following {
  readonly records: ClusterRecords;
  readonly member: Member;
  readonly running: Map<number, RunningPartition>;
}

/** Releases the partitions that belong to others now, and claims those that are assigned. Returns those that it must wait for. */
async function follow(
  options: OwnerOptions,
  following: Following,
  owners: readonly string[],
): Promise<number[]> {
  const { member, running } = following;
  const isWanted = (partition: number): boolean => owners[partition] === options.name;
  const left = [...member.maybeOwned].filter((partition) => !isWanted(partition));
  for (const partition of left) await release(options, following, partition);
  const missing: number[] = [];
  for (const partition of Array(options.broker.partitions).keys()) {
    if (!isWanted(partition) || running.has(partition)) continue;
    if (!(await claim(options, following, partition))) missing.push(partition);
  }
  return missing;
}

async function release(
  { recorder, collect }: OwnerOptions,
  { records, member, running }: Following,
  partition: number,
): Promise<void> {
  const counted = running.get(partition);
  running.delete(partition);
  await counted?.stop();
  await releasePartition(records, partition, member.self, (from) => {
    const kept = keptPosition(recorder, partition);
    // Before it has continued from there, the position is an older one of this journal.
    return counted?.isTakenOver ? kept : Math.max(kept, from);
  });
  member.maybeOwned.delete(partition);
  collect.sessions.leave(partition);
}

async function claim(
  options: OwnerOptions,
  { records, member: { self, membership, maybeOwned }, running }: Following,
  partition: number,
): Promise<boolean> {
  const claimed = await claimPartition(records, partition, self);
  if (!claimed) return false;
  maybeOwned.add(partition);
  const mayCount = membership.untilSure;
  const confirmOwned = async (): Promise<void> => {
    const found = await records.partitions.read(String(partition));
    if (found?.value.journal !== self.journal) throw new Error(notOwned(partition));
  };
  running.set(partition, startPartition({ ...options, mayCount, confirmOwned }, partition, claimed.from));
  return true;
}

function notOwned(partition: number): string {
  return `[rumkit] The log does not name this journal as the owner of partition ${partition}: it was emptied, or the partition moved. It is read again once it is claimed.`;
}

function positionsOf(running: ReadonlyMap<number, RunningPartition>): Record<string, number> {
  return Object.fromEntries([...running].map(([partition, { position }]) => [String(partition), position]));
}

function waitsFor(name: string, missing: readonly number[]): string {
  return `Partitions ${missing.join(", ")} are assigned to "${name}" and still belong to another aggregator. They move once it releases them. rumkit cluster show names it.`;
}

/** Tells each state once, until it changes. */
function createTold(onNotice: OwnerOptions["onNotice"]) {
  const last = new Map<string, string | undefined>();
  return {
    tell: (kind: string, sentence: string | undefined): void => {
      if (sentence !== undefined && last.get(kind) !== sentence) onNotice(kind, sentence);
      last.set(kind, sentence);
    },
  };
}
