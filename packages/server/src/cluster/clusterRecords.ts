import { isObject } from "../base/shape.ts";
import type { KeptRecord, Records } from "../brokers/broker.ts";

/** The wanted owner of each partition: names of aggregators. The index is the partition. */
export interface Assignment {
  readonly owners: readonly string[];
}

/** An aggregator that has a name, and how far it is. */
export interface Aggregator {
  /** The identity of its journal. */
  readonly journal: string;
  /** Differs with each start. */
  readonly run: string;
  /** The position of each partition that it counts. */
  readonly positions: Readonly<Record<string, number>>;
}

/** The owner of a partition. */
export interface Ownership {
  /** The name of the aggregator that counts it, and the identity of its journal; null for one that was released. */
  readonly owner: string | null;
  readonly journal: string | null;
  /** One more with each change of the owner. */
  readonly token: number;
  /** The position at which the last change happened: all before it is counted. */
  readonly from: number;
}

/** Something that was read with the revision that a write replaces. */
export interface Found<Value> {
  readonly value: Value;
  readonly revision: number;
}

/** Records of one kind. */
interface RecordsOf<Value> {
  /** Rejects with an Error if the record cannot be read: another version wrote it. */
  read(name: string): Promise<Found<Value> | undefined>;
  list(): Promise<readonly (readonly [name: string, found: Found<Value>])[]>;
  /** As `Records.write`; undefined removes the record. */
  write(name: string, value: Value | undefined, revision: number): Promise<number | undefined>;
}

/** The records that all aggregators of an app and the command `rumkit cluster` share. */
export interface ClusterRecords {
  readonly assignment: RecordsOf<Assignment>;
  readonly aggregators: RecordsOf<Aggregator>;
  readonly partitions: RecordsOf<Ownership>;
}

/** The name of the one record of the assignment. */
export const WANTED = "wanted";

export function clusterRecords(records: Records): ClusterRecords {
  return {
    assignment: recordsOf(records, "assignment.", isAssignment),
    aggregators: recordsOf(records, "aggregators.", isAggregator),
    partitions: recordsOf(records, "partitions.", isOwnership),
  };
}

function recordsOf<Value>(
  records: Records,
  prefix: string,
  isSound: (value: unknown) => value is Value,
): RecordsOf<Value> {
  const toFound = ({ key, text, revision }: KeptRecord): Found<Value> => {
    const value: unknown = parse(text);
    if (isSound(value)) return { value, revision };
    throw new Error(`[rumkit] The record ${key} of the log cannot be read: another version wrote it.`);
  };
  return {
    read: async (name) => {
      const found = await records.read(prefix + name);
      return found && toFound(found);
    },
    list: async () =>
      (await records.list(prefix)).map((found) => [found.key.slice(prefix.length), toFound(found)] as const),
    write: (name, value, revision) =>
      records.write(prefix + name, value && JSON.stringify({ v: 1, ...value }), revision),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isVersion1 = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isObject(value) && value["v"] === 1;

const isText = (value: unknown): value is string => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

const isAssignment = (value: unknown): value is Assignment =>
  isVersion1(value) && Array.isArray(value["owners"]) && value["owners"].every(isText);

const isAggregator = (value: unknown): value is Aggregator =>
  isVersion1(value) &&
  isText(value["journal"]) &&
  isText(value["run"]) &&
  isObject(value["positions"]) &&
  Object.values(value["positions"]).every(isCount);

const isOwnership = (value: unknown): value is Ownership =>
  isVersion1(value) &&
  [value["owner"], value["journal"]].every((text) => text === null || isText(text)) &&
  isCount(value["token"]) &&
  isCount(value["from"]);
