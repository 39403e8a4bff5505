import { randomBytes } from "node:crypto";
import type { StreamSubscription } from "@rumkit/protocol";
import { deltasOf } from "./deltas.ts";
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
