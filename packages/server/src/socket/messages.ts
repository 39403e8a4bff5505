import { randomBytes } from "node:crypto";
import type { StreamSubscription, StreamTotals } from "@rumkit/protocol";
import type { Snapshot, Snapshots } from "./snapshots.ts";
import { round } from "./view.ts";

/** Seconds of which the last message is remembered: those of the history. */
const KEPT_TICKS = 128;

/** A message in bytes, to be shared by every client that gets the same one. */
export type MessageBytes = Buffer;

/** Numbers and encodes the messages of the collector. */
export interface Messages {
  /** Closes a second: messages after it have a later state. */
  tick(): void;
  /** Encodes a message for one client. */
  encode(type: string, content?: object): MessageBytes;
  update(snapshot: Snapshot, before: Snapshot | undefined, skipped: number): MessageBytes;
  historical(subscription: StreamSubscription, snapshot: Snapshot, afterTick: number): MessageBytes;
  /** Returns the second that the message of an id shows; undefined if it is not of this start, or too old. */
  tickOf(id: string): number | undefined;
}

/** @param now The clock: milliseconds since 1970. */
export function createMessages(snapshots: Snapshots, now: () => number): Messages {
  const epoch = randomBytes(4).toString("hex");
  /** The last message before the end of each second. */
  const lastSeqs = new Float64Array(KEPT_TICKS);
  let seq = 0;
  const head = (type: string): string => {
    seq += 1;
    return `{"type":"${type}","id":"${epoch}-${seq}","timestamp":${round(now() / 1000)}`;
  };

  return {
    tick: () => {
      lastSeqs[snapshots.newest % KEPT_TICKS] = seq;
    },
    encode: (type, content = {}) => {
      const json = JSON.stringify(content);
      return Buffer.from(`${head(type)}${json === "{}" ? "" : `,${json.slice(1, -1)}`}}`);
    },
    update: (snapshot, before, skipped) => {
      const deltas = JSON.stringify(before ? deltasOf(before.totals, snapshot.totals) : {});
      const gap = skipped > 0 ? `,"skipped":${skipped}` : "";
      return Buffer.from(`${head("metrics_update")},"data":${snapshot.json},"deltas":${deltas}${gap}}`);
    },
    historical: (subscription, snapshot, afterTick) => {
      const points = JSON.stringify(snapshots.pointsAfter(subscription, afterTick));
      return Buffer.from(`${head("historical_data")},"data":${snapshot.json},"history":${points}}`);
    },
    tickOf: (id) => {
      const [, ofEpoch, ofSeq] = /^([0-9a-f]{8})-(\d{1,15})$/.exec(id) ?? [];
      const seen = Number(ofSeq);
      if (ofEpoch !== epoch || seen > seq) return undefined;
      for (let tick = snapshots.newest; tick >= snapshots.oldest; tick -= 1)
        if (seen > lastSeqs[tick % KEPT_TICKS]!) return tick;
      return undefined;
    },
  };
}

/** Groups whose numbers are states: a first one has not grown from 0. */
const STATES: ReadonlySet<string> = new Set(["latency", "vitals"]);

/** Such numbers of other groups. */
const STATE_NAMES: ReadonlySet<string> = new Set(["hit_rate", "token_reuse_rate", "avg_prefix_length"]);

/**
 * Returns the changes from one state to another. A rate keeps its name, as clients of the protocol expect; any other
 * number gets the ending `_delta`.
 */
function deltasOf(before: StreamTotals, after: StreamTotals): StreamTotals {
  const groups = Object.entries(after).map(([group, totals]) => {
    const earlier = before[group as keyof StreamTotals] ?? {};
    const changes = Object.entries(totals).flatMap(([name, value]) => {
      const was = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
      if (was === undefined && (STATES.has(group) || STATE_NAMES.has(name))) return [];
      return [[deltaName(name), round(value - (was ?? 0))] as const];
    });
    return [group, Object.fromEntries(changes)] as const;
  });
  return Object.fromEntries(groups);
}

function deltaName(name: string): string {
  return name.endsWith("_per_sec") ? name : `${name}_delta`;
}
