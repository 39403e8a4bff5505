import type { LiveReceiver } from "@rumkit/protocol";
import type { Moment } from "../alerts/alert.ts";
import type { AuditLog } from "../audit/audit.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import { createDeadLetters, type DeadLetters } from "./deadLetters.ts";
import { createHeardEpisodes, type HeardEpisodes } from "./heardEpisodes.ts";
import type { KeptState } from "../journal/keptState.ts";
import type { Notice } from "./notice.ts";
import type { NoticeHistory } from "./noticeHistory.ts";
import type { NoticeOutcome } from "./noticeMetrics.ts";
import { createNoticeQueue, type NoticeQueue } from "./noticeQueue.ts";
import type { QueuedNotice } from "./queuedNotice.ts";
import type { Receiver } from "./receiver.ts";

/** The parts by which a queue works. */
export interface QueueParts {
  readonly receiver: Receiver;
  readonly state: KeptState;
  readonly now: () => Moment;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  readonly audit: Pick<AuditLog, "add">;
  readonly history: NoticeHistory;
  readonly count: (receiver: string, outcome: NoticeOutcome) => void;
}

/** The notices of one receiver. */
export interface ReceiverQueue {
  readonly queue: NoticeQueue;
  readonly letters: DeadLetters;
  readonly heard: HeardEpisodes;
  /** Renders a notice now, and appends it. */
  add(notice: Notice): void;
  /** Renders notices now, and appends them once they are durable. Resolves to false if the journal refuses them: then none is sent. */
  addKept(notices: readonly Notice[]): Promise<boolean>;
  /** Removes a notice from the queue, and keeps it as a dead letter. */
  bury(notice: QueuedNotice, outcome: NoticeOutcome, error: string): void;
  /** Puts all dead letters back into the queue. Returns their number. */
  requeue(): number;
  /** The documents that changed since the last call. */
  changes(): DocumentChange[];
}

/** Sections of documents, each with the name of the receiver behind it. */
const QUEUE = "notices/queue/";
const DEAD = "notices/dead/";
const HEARD = "notices/episodes/";
export const SECTIONS: readonly string[] = [QUEUE, DEAD, HEARD];

export function createReceiverQueue(parts: QueueParts): ReceiverQueue {
  const { state, now } = parts;
  const stores = openStores(parts);
  const { queue, letters, heard } = stores;
  const { append, place, bury } = createPlacing(parts, stores);
  return {
    ...stores,
    bury,
    add: (notice) => {
      // The notice that waits says the same.
      if (notice.reason === "repeat" && queue.hasFire(notice.episode)) return;
      place(prepare(notice, parts, queue));
    },
    addKept: async (notices) => {
      const prepared = notices.map((notice) => prepare(notice, parts, queue));
      const documents = prepared.flatMap(({ queued }) => (queued ? [queue.documentOf(queued)] : []));
      const undo = documents.map((document) => ({ ...document, text: undefined }));
      const isKept = await state.decide(documents, undo);
      if (isKept) prepared.forEach(place);
      return isKept;
    },
    requeue: () => {
      const found = letters.takeAll();
      for (const { error: _, ...letter } of found) {
        append(queue.number({ ...letter, error: null, since: now(), retryAt: 0, retryMs: 0, attempts: 0 }));
      }
      return found.length;
    },
    changes: () => [...queue.changes(), ...letters.changes(), ...heard.changes()],
  };
}

type Stores = Pick<ReceiverQueue, "queue" | "letters" | "heard">;

function openStores({ receiver: { name }, state, history }: QueueParts): Stores {
  const letters = createDeadLetters(state, DEAD + name);
  const lastLetter = Math.max(0, ...letters.all().map(({ seq }) => seq));
  const queue = createNoticeQueue(state, QUEUE + name, lastLetter);
  const heard = createHeardEpisodes(state, HEARD + name);
  for (const notice of queue.all()) history.note(name, notice, "waiting");
  for (const notice of letters.all()) history.note(name, notice, "failed");
  return { queue, letters, heard };
}

/** Decides where a notice goes: into the queue, to the dead letters, or nowhere. */
function createPlacing(parts: QueueParts, { queue, letters, heard }: Stores) {
  const { now, audit, history } = parts;
  const { name } = parts.receiver;
  const bury = createBury(parts, queue, letters);
  const append = (notice: QueuedNotice): void => {
    history.note(name, notice, "waiting");
    const givenUp = queue.add(notice, heard.has);
    for (const victim of givenUp) bury(victim, "dropped", "The queue of the receiver was full.");
  };
  const place = ({ notice, queued, error }: Prepared): void => {
    // The receiver needs no message. It may need one for the end of the episode.
    if (!queued) return heard.hear(notice, undefined);
    if (error !== undefined) return bury(queued, "refused", error);
    if (notice.status === "resolved" && !heard.has(notice.episode) && !queue.hasFire(notice.episode)) {
      return bury(queued, "dropped", "The receiver has not heard that it fires.");
    }
    const facts = { notice: notice.id, reason: notice.reason, episode: notice.episode };
    audit.add({ at: now(), who: "collector", what: "notice_queued", about: name, facts });
    append(queued);
  };
  return { append, place, bury };
}

function createBury(
  { receiver: { name }, now, audit, history, count }: QueueParts,
  queue: NoticeQueue,
  letters: DeadLetters,
): ReceiverQueue["bury"] {
  return (notice, outcome, error) => {
    queue.remove(notice);
    letters.add(notice, error);
    history.note(name, { ...notice, error }, "failed");
    count(name, outcome);
    const facts = { notice: notice.id, outcome, error, attempts: notice.attempts };
    audit.add({ at: now(), who: "collector", what: "notice_failed", about: name, facts });
  };
}

/** A rendered notice, before it is in the queue. */
interface Prepared {
  readonly notice: Notice;
  /** Undefined if the receiver needs no message. */
  readonly queued: QueuedNotice | undefined;
  /** The reason why it could not be rendered. */
  readonly error: string | undefined;
}

function prepare(notice: Notice, { receiver, now }: QueueParts, queue: NoticeQueue): Prepared {
  const { body, error } = render(receiver, notice);
  const queued = body === undefined ? undefined : queue.number(toQueued(notice, body, now()));
  return { notice, queued, error };
}

function render(
  receiver: Receiver,
  notice: Notice,
): { readonly body: string | undefined; readonly error: string | undefined } {
  try {
    return { body: receiver.render(notice), error: undefined };
  } catch (error) {
    return { body: "", error: `It could not be rendered: ${String(error).slice(0, 200)}` };
  }
}

function toQueued(notice: Notice, body: string, since: Moment): Omit<QueuedNotice, "seq"> {
  const { id, episode, reason, status, at, alerts } = notice;
  return {
    id,
    episode,
    reason,
    status,
    at,
    since,
    body,
    alerts: alerts.map((alert) => alert.episode),
    attempts: 0,
    retryAt: 0,
    retryMs: 0,
    error: null,
  };
}

/** The state of a receiver, for people. */
export function showReceiver(
  { queue, letters }: ReceiverQueue,
  receiver: Receiver,
  state: Pick<LiveReceiver, "state" | "lastError">,
  now: Moment,
): LiveReceiver {
  const oldest = queue.oldestAt();
  return {
    name: receiver.name,
    type: receiver.type,
    ...state,
    waiting: queue.size,
    oldestWaitingSeconds: oldest === undefined ? 0 : Math.max(0, now - oldest) / 1000,
    deadLetters: letters.size,
  };
}
