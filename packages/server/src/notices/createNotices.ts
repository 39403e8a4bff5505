import type { LiveNotice, LiveReceiver } from "@rumkit/protocol";
import type { Alert, AlertChange, Moment } from "../alerts/alert.ts";
import type { AuditLog } from "../audit/audit.ts";
import type { DocumentChange, KeptDocuments } from "../journal/keptDocuments.ts";
import type { RecordSample } from "../metrics/sample.ts";
import { type Acknowledgements, createAcknowledgements } from "./acknowledgements.ts";
import { forgetReceivers } from "./goneReceivers.ts";
import { createHeartbeat, type Heartbeat } from "./heartbeat.ts";
import { createKeptState, type KeptState } from "../journal/keptState.ts";
import type { PlannedNotice } from "./noticeGroups.ts";
import { createNoticeHistory, type NoticeHistory } from "./noticeHistory.ts";
import { beginCounts, recordReceiver } from "./noticeMetrics.ts";
import type { NoticeOptions } from "./noticeOptions.ts";
import type { Receiver } from "./receiver.ts";
import { createReceiverQueue, type ReceiverQueue, showReceiver } from "./receiverQueue.ts";
import { createReceiverSender, type ReceiverSender } from "./receiverSender.ts";
import { createPlanner } from "./planner.ts";
import { createSilences, NoticeRequestError, notKept, type Silences } from "./silences.ts";
import { createTestNotices } from "./testNotices.ts";

export interface NoticesParts {
  /** Checked: see `noticeChecks`. `heartbeat` is taken from the parts instead. */
  readonly options: NoticeOptions;
  readonly receivers: readonly Receiver[];
  /** Those of the journal. */
  readonly documents: KeptDocuments;
  /** Milliseconds since 1970. */
  readonly now: () => Moment;
  /** A number from 0 to below 1. */
  readonly random: () => number;
  readonly audit: Pick<AuditLog, "add">;
  readonly record: RecordSample;
  /** The option `heartbeat` with a way to send it that obeys `allowPrivateAddresses`. Default none. */
  readonly heartbeat?: Heartbeat | undefined;
  /** Called with the reason for which state could not be kept. Notices are sent all the same. */
  readonly onFailed: (error: unknown) => void;
}

/** Tells receivers about alerts. State from before this start is taken over when it is created. */
export interface Notices {
  /**
   * Takes the changes of one evaluation, and the alerts that are pending, firing or recovering after it. Call it after each
   * evaluation, each second, also without changes: it sends what has become due. Resolves when the notices and `extra` (the
   * state of the engine) are durable in one transaction, or the journal refused them; then they are on their way.
   */
  take(
    changes: readonly AlertChange[],
    current: readonly Alert[],
    at: Moment,
    extra?: readonly DocumentChange[],
  ): Promise<void>;
  readonly silences: Silences;
  readonly acknowledgements: Acknowledgements;
  /** The reasons for which an alert has no notices: ids of silences, `inhibited`, `maintenance`, mute times, `flapping`. */
  mutedBy(alert: Alert): readonly string[];
  /** The progress of notices, by the episode of an alert. */
  sent(): ReadonlyMap<string, readonly LiveNotice[]>;
  /** All receivers, in the order of the options. */
  receivers(): readonly LiveReceiver[];
  /**
   * Sends a test to a receiver on the way of all notices: a fire, and its resolve. Resolves when both are durable, with the
   * ids by which `outcomeOf` finds them. Throws a `NoticeRequestError` for an unknown receiver, or if the journal refuses it.
   */
  test(receiver: string, by: string): Promise<readonly string[]>;
  outcomeOf(receiver: string, id: string): LiveNotice | undefined;
  /** Puts the dead letters of a receiver back into its queue. Returns their number. Throws as `test`. */
  requeue(receiver: string): Promise<number>;
  /** Records the gauges. */
  show(): void;
  /** Resolves when nothing is on its way. What waits is sent after the next start. */
  close(): Promise<void>;
}

/** A receiver with its queue. */
interface Line {
  readonly receiver: Receiver;
  readonly waiting: ReceiverQueue;
  readonly sender: ReceiverSender;
}

export function createNotices(parts: NoticesParts): Notices {
  const { receivers, now, audit, record } = parts;
  const state = createKeptState(parts.documents, parts.onFailed);
  const silences = createSilences({ state, now, audit });
  const acknowledgements = createAcknowledgements({ state, now, audit });
  const planner = createPlanner(parts, state, silences, acknowledgements);
  const history = createNoticeHistory();
  const beat = createHeartbeat(parts.heartbeat);
  const told = (name: string) => () => planner.toldTo(name, now());
  const lines = receivers.map((receiver) => createLine(receiver, { ...parts, state, history, told }));
  const names = receivers.map(({ name }) => name);
  let first = forgetReceivers(state, names, now());
  beginCounts(names, record);

  return {
    take: async (changes, current, at, extra = []) => {
      const { planned, writes } = planner.plan(changes, current, at);
      enqueue(planned, lines);
      beat(at);
      const begins = first;
      first = [];
      await commit(lines, state, [...begins, ...extra, ...writes]);
    },
    silences,
    acknowledgements,
    mutedBy: (alert) => planner.mutedBy(alert, now()),
    sent: history.byEpisode,
    receivers: () => lines.map((line) => showLine(line, now())),
    ...createLineRequests(lines, state, now),
    outcomeOf: history.find,
    show: () => {
      for (const line of lines) recordReceiver(showLine(line, now()), record);
    },
    close: async () => {
      await Promise.all(lines.map(({ sender }) => sender.close()));
      await state.write([]);
    },
  };
}

interface LineParts extends NoticesParts {
  readonly state: KeptState;
  readonly history: NoticeHistory;
  readonly told: (receiver: string) => () => readonly Alert[];
}

function createLine(receiver: Receiver, parts: LineParts): Line {
  const { state, now, random, audit, history, record, told } = parts;
  const count = (name: string, outcome: string): void =>
    record({ metric: "rum_alert_notices_total", labels: { receiver: name, outcome }, value: 1 });
  const queueParts = { receiver, state, now, random, audit, history, count };
  const waiting = createReceiverQueue(queueParts);
  const sender = createReceiverSender({ ...queueParts, waiting, told: told(receiver.name) });
  return { receiver, waiting, sender };
}

/** The requests of people about one receiver. */
function createLineRequests(
  lines: readonly Line[],
  state: KeptState,
  now: () => Moment,
): Pick<Notices, "test" | "requeue"> {
  return {
    test: async (name, by) => {
      const line = findLine(lines, name);
      const notices = createTestNotices(name, by, now());
      if (!(await line.waiting.addKept(notices))) throw notKept();
      await commit([line], state, []);
      return notices.map(({ id }) => id);
    },
    requeue: async (name) => {
      const line = findLine(lines, name);
      const count = line.waiting.requeue();
      await commit([line], state, []);
      return count;
    },
  };
}

function enqueue(planned: readonly PlannedNotice[], lines: readonly Line[]): void {
  for (const { notice, receivers } of planned) {
    for (const { receiver, waiting } of lines) if (receivers.includes(receiver.name)) waiting.add(notice);
  }
}

/** Makes what changed durable, and sends it then: a notice that a crash takes away was not sent. */
async function commit(
  lines: readonly Line[],
  state: KeptState,
  changes: readonly DocumentChange[],
): Promise<void> {
  const marks = lines.map(({ waiting: { queue } }) => queue.lastSeq);
  await state.write([...changes, ...lines.flatMap(({ waiting }) => waiting.changes())]);
  for (const [index, { waiting, sender }] of lines.entries()) {
    waiting.queue.releasedTo = Math.max(waiting.queue.releasedTo, marks[index]!);
    sender.pump();
  }
}

function showLine({ receiver, waiting, sender }: Line, now: Moment): LiveReceiver {
  return showReceiver(waiting, receiver, sender.state(), now);
}

function findLine(lines: readonly Line[], name: string): Line {
  const line = lines.find(({ receiver }) => receiver.name === name);
  if (line) return line;
  const known = lines.map(({ receiver }) => receiver.name).join(", ");
  throw new NoticeRequestError(
    "missing",
    `The receiver "${name.slice(0, 64)}" is unknown. Known: ${known || "none"}.`,
  );
}
