import type { Moment } from "../alerts/alert.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";
import { isDue, NOTICE_SHAPE, queueKey, type QueuedNotice } from "./queuedNotice.ts";

/** Maximum notices of a queue: a day in which a notice comes every 90 seconds. */
const MAX_NOTICES = 1_000;

/** Maximum UTF-16 units of their bodies, about a quarter of what a section of documents may have in bytes. */
const MAX_BODIES = 4_194_304;

/** Notices that wait for one receiver, in order, durable. */
export interface NoticeQueue extends Pick<KeptMap<unknown>, "changes"> {
  /** The episode of the notice that is on its way, which is not given up. */
  sending: string | undefined;
  /** Notices up to this `seq` are durable, or cannot be: later ones are not sent yet. */
  releasedTo: number;
  readonly size: number;
  /** The `seq` of the newest notice. */
  readonly lastSeq: number;
  /** The moment since which the oldest notice waits; undefined if none waits. */
  oldestAt(): Moment | undefined;
  /** The first that may be sent: never one of an episode of which an earlier one waits. */
  next(now: Moment): QueuedNotice | undefined;
  /** True if a notice of the episode waits that says that it fires. */
  hasFire(episode: string): boolean;
  /** Gives a notice its place. */
  number(notice: Omit<QueuedNotice, "seq">): QueuedNotice;
  /**
   * Appends a numbered notice. If there is no room, returns those that it gives up: repeats first, then whole episodes of
   * which the receiver has not heard. The resolve of an episode that `isHeard` is never given up, whatever the bounds.
   */
  add(notice: QueuedNotice, isHeard: (episode: string) => boolean): readonly QueuedNotice[];
  /** The document of a numbered notice. */
  documentOf(notice: QueuedNotice): DocumentChange;
  /** Replaces a notice that waits. */
  update(notice: QueuedNotice): void;
  remove(notice: QueuedNotice): void;
  all(): readonly QueuedNotice[];
}

/** @param before The highest `seq` that was ever given, as far as it is known: dead letters keep theirs. */
export function createNoticeQueue(state: KeptState, section: string, before: number): NoticeQueue {
  const kept = createKeptNotices(state, section);
  const { notices, all, remove } = kept;
  let lastSeq = Math.max(before, all().at(-1)?.seq ?? 0);
  const queue: NoticeQueue = {
    sending: undefined,
    releasedTo: lastSeq,
    get size() {
      return notices.size;
    },
    get lastSeq() {
      return lastSeq;
    },
    oldestAt: () => all()[0]?.since,
    next: (now) => findNext(notices.values(), queue.releasedTo, now),
    hasFire: (episode) => all().some((notice) => notice.episode === episode && notice.status === "firing"),
    number: (notice) => {
      lastSeq += 1;
      return { ...notice, seq: lastSeq };
    },
    add: (notice, isHeard) => {
      kept.add(notice);
      return makeRoom(kept, queue.sending, isHeard);
    },
    documentOf: (notice) => ({ section, key: queueKey(notice), text: JSON.stringify(notice) }),
    update: (notice) => {
      if (notices.has(queueKey(notice))) notices.set(queueKey(notice), notice);
    },
    remove,
    all,
    changes: () => notices.changes(),
  };
  return queue;
}

/** The notices of a queue, with the size of their bodies. */
interface KeptNotices extends Pick<NoticeQueue, "all" | "remove"> {
  readonly notices: KeptMap<QueuedNotice>;
  isFull(): boolean;
  add(notice: QueuedNotice): void;
}

function createKeptNotices(state: KeptState, section: string): KeptNotices {
  const notices = createKeptMap<QueuedNotice>(state, section, NOTICE_SHAPE);
  const all = (): readonly QueuedNotice[] => [...notices.values()];
  let size = all().reduce((sum, { body }) => sum + body.length, 0);
  return {
    notices,
    all,
    isFull: () => notices.size > MAX_NOTICES || size > MAX_BODIES,
    add: (notice) => {
      notices.set(queueKey(notice), notice);
      size += notice.body.length;
    },
    remove: (notice) => {
      if (notices.delete(queueKey(notice))) size -= notice.body.length;
    },
  };
}

function findNext(
  notices: Iterable<QueuedNotice>,
  releasedTo: number,
  now: Moment,
): QueuedNotice | undefined {
  const blocked = new Set<string>();
  for (const notice of notices) {
    if (notice.seq > releasedTo) return undefined;
    if (blocked.has(notice.episode)) continue;
    if (isDue(notice, now)) return notice;
    blocked.add(notice.episode);
  }
  return undefined;
}

/** Removes notices while there are too many, but none of the episode that is on its way. Returns them. */
function makeRoom(
  { all, isFull, remove }: KeptNotices,
  sending: string | undefined,
  isHeard: (episode: string) => boolean,
): readonly QueuedNotice[] {
  const givenUp: QueuedNotice[] = [];
  while (isFull()) {
    const rest = all().filter(({ episode }) => episode !== sending);
    const victims = findVictims(rest, isHeard);
    if (victims.length === 0) break;
    for (const victim of victims) remove(victim);
    givenUp.push(...victims);
  }
  return givenUp;
}

/** The notices that are given up first, oldest first. */
function findVictims(
  notices: readonly QueuedNotice[],
  isHeard: (episode: string) => boolean,
): readonly QueuedNotice[] {
  const repeat = notices.find(({ reason }) => reason === "repeat");
  if (repeat) return [repeat];
  // A receiver that has not heard of the fire does not miss the resolve. Those that are over are missed least.
  const unheard = notices.filter(({ episode }) => !isHeard(episode));
  const over = unheard.find(({ status }) => status === "resolved") ?? unheard[0];
  if (over) return notices.filter(({ episode }) => episode === over.episode);
  const change = notices.find(({ status }) => status === "firing");
  return change ? [change] : [];
}
