import { randomBytes } from "node:crypto";
import { addCounts, type EventCounts, NO_EVENTS } from "./eventCounts.ts";

/** Frames that are kept for viewers that return: at least 20 seconds at the highest rate. */
const KEPT_FRAMES = 600;

/** Maximum bytes of kept frames: about those of a snapshot, which is sent instead of a longer replay. */
const KEPT_BYTES = 256 * 1024;

/** Numbers the frames, and keeps those that returning viewers may have missed, bounded in number and bytes. */
export interface Sequence {
  /** `<epoch>-<seq>` of the last frame. */
  readonly id: string;
  /** The last frame, to which a viewer is up to date that has got it. */
  readonly mark: Mark;
  /** Begins the next frame, before which these events happened. */
  advance(events: EventCounts): void;
  keep(bytes: Uint8Array): void;
  /** Begins a frame that no earlier one can be continued to: the kept ones are dropped. */
  startAnew(): void;
  /** Forgets all frames: no viewer can resume, because events are not counted while there is none. */
  forget(): void;
  /** Returns the frame with this id; undefined if it is not known any more. */
  find(id: string): Mark | undefined;
  /** Returns the frames after this one; undefined if they are not all kept. */
  after(mark: Mark): readonly Uint8Array[] | undefined;
}

/** A frame that was sent. */
export interface Mark {
  readonly seq: number;
  /** The number of events up to it. */
  readonly counted: EventCounts;
}

export function createSequence(): Sequence {
  const epoch = randomBytes(4).toString("hex");
  let seq = 0;
  let frames: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  let counted = NO_EVENTS;
  /** The number of events up to each frame, for longer than the frames themselves. */
  const countedAt = new Map<number, EventCounts>([[0, NO_EVENTS]]);

  const begin = (): void => {
    seq += 1;
    countedAt.set(seq, counted);
    countedAt.delete(seq - KEPT_FRAMES);
  };
  const drop = (): void => {
    frames = [];
    size = 0;
  };
  return {
    get id() {
      return `${epoch}-${seq}`;
    },
    get mark() {
      return { seq, counted };
    },
    advance: (events) => {
      if (Object.keys(events).length > 0) counted = addCounts(counted, events);
      begin();
    },
    keep: (bytes) => {
      frames.push({ seq, bytes });
      size += bytes.length;
      while (frames.length > KEPT_FRAMES || size > KEPT_BYTES) size -= frames.shift()?.bytes.length ?? 0;
    },
    startAnew: () => {
      drop();
      begin();
    },
    forget: () => {
      drop();
      countedAt.clear();
      begin();
    },
    find: (id) => {
      const [, ofEpoch, ofSeq] = /^([\da-f]+)-(\d+)$/.exec(id) ?? [];
      const found = ofEpoch === epoch ? countedAt.get(Number(ofSeq)) : undefined;
      return found && { seq: Number(ofSeq), counted: found };
    },
    after: ({ seq: last }) => {
      const oldest = frames[0]?.seq ?? seq + 1;
      if (last + 1 < oldest) return undefined;
      return frames.filter((frame) => frame.seq > last).map(({ bytes }) => bytes);
    },
  };
}
