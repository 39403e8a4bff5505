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
  const frames = createKeptFrames();
  let counted = NO_EVENTS;
  /** The number of events up to each frame, for longer than the frames themselves. */
  const countedAt = new Map<number, EventCounts>([[0, NO_EVENTS]]);
  const begin = (): void => {
    seq += 1;
    countedAt.set(seq, counted);
    countedAt.delete(seq - KEPT_FRAMES);
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
    keep: (bytes) => frames.push(seq, bytes),
    startAnew: () => {
      frames.clear();
      begin();
    },
    forget: () => {
      frames.clear();
      countedAt.clear();
      begin();
    },
    find: (id) => findMark(countedAt, seqOf(id, epoch)),
    after: ({ seq: last }) => (last + 1 < (frames.oldest ?? seq + 1) ? undefined : frames.after(last)),
  };
}

function findMark(countedAt: ReadonlyMap<number, EventCounts>, seq: number): Mark | undefined {
  const counted = countedAt.get(seq);
  return counted && { seq, counted };
}

/** Returns the number of a frame by its id; NaN for a frame of another process. */
function seqOf(id: string, epoch: string): number {
  const [, ofEpoch, seq] = /^([\da-f]+)-(\d+)$/.exec(id) ?? [];
  return ofEpoch === epoch ? Number(seq) : Number.NaN;
}

/** The bytes of the last frames. */
function createKeptFrames() {
  let frames: { readonly seq: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  return {
    /** The number of the oldest frame; undefined if none is kept. */
    get oldest(): number | undefined {
      return frames[0]?.seq;
    },
    push: (seq: number, bytes: Uint8Array): void => {
      frames.push({ seq, bytes });
      size += bytes.length;
      while (frames.length > KEPT_FRAMES || size > KEPT_BYTES) size -= frames.shift()?.bytes.length ?? 0;
    },
    after: (last: number): readonly Uint8Array[] =>
      frames.filter(({ seq }) => seq > last).map(({ bytes }) => bytes),
    clear: (): void => {
      frames = [];
      size = 0;
    },
  };
}
