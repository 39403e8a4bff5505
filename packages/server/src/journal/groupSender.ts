import {
  createGroup,
  createGroupSchedule,
  type Groups,
  type GroupSchedule,
  pendingEntries,
} from "./groups.ts";
import { type Journal, JournalError, type JournalState } from "./journal.ts";
import type { FileSizes, JournalReport, JournalThread, SentError } from "./journalThreadHandle.ts";
import type { KeyMemory, Sender } from "./keyMemory.ts";
import type { RecordWriter } from "./records.ts";
import { rememberKeys, sealKeys } from "./keyBlock.ts";

export interface GroupSenderOptions {
  readonly thread: JournalThread;
  readonly memories: Readonly<Record<Sender, KeyMemory>>;
  readonly groups: Groups;
  /** Holds the records of the gathering group. */
  readonly writer: RecordWriter;
}

/** Sends groups to the thread, one at a time, and settles them by its answers. */
export interface GroupSender extends Required<Pick<Journal, "close" | "state" | "onCommit">> {
  /** Sends the gathering group soon, unless another one is on its way or the journal fails. */
  schedule(): void;
}

type CommitListener = Parameters<NonNullable<Journal["onCommit"]>>[0];

export function createGroupSender(options: GroupSenderOptions): GroupSender {
  const { thread, groups, writer } = options;
  const poster = createPoster(options);
  const progress: Progress = { sizes: thread.sizes, commits: 0, lastCommitMs: 0 };
  const listeners: Listeners = { notify: () => {}, confirmClosed: () => {} };
  receiveReports(options, poster, progress, listeners);

  /** Resolves when no group is left: each one is durable, or refused. */
  const drain = async (): Promise<void> => {
    if (groups.failing || (!groups.onItsWay && writer.length === 0 && groups.gathering.entries === 0)) return;
    if (!groups.onItsWay) poster.post();
    await groups.onItsWay!.kept.catch(() => {});
    await drain();
  };
  return {
    schedule: poster.schedule,
    state: () => stateOf(groups, progress),
    onCommit: (listener) => {
      listeners.notify = listener;
    },
    close: async () => {
      await drain();
      if (groups.failing?.code === "thread_ended") return;
      thread.hold(true, "groups");
      const confirmed = new Promise<void>((resolve) => {
        listeners.confirmClosed = resolve;
      });
      thread.post({ type: "close" });
      await confirmed;
    },
  };
}

/** Figures about the commits so far. */
interface Progress {
  sizes: FileSizes;
  commits: number;
  lastCommitMs: number;
}

interface Listeners {
  notify: CommitListener;
  confirmClosed: () => void;
}

interface Poster extends GroupSchedule {
  /** Posts the gathering group now. */
  post(): void;
  /** Keeps a buffer for the next group. */
  reuse(buffer: ArrayBuffer | undefined): void;
  /** Marks every group that was posted so far as void. */
  invalidate(): void;
}

function createPoster({ thread, memories, groups, writer }: GroupSenderOptions): Poster {
  let failures = 0;
  let spare: ArrayBuffer | undefined;

  const post = (): void => {
    schedule.cancel();
    const group = groups.gathering;
    groups.onItsWay = group;
    groups.gathering = createGroup();
    const keys = sealKeys(group.keys, memories, group.at);
    const { buffer, length } = writer.take(spare);
    spare = undefined;
    thread.hold(true, "groups");
    thread.post({ type: "commit", buffer, length, keys, failures });
  };
  const schedule = createGroupSchedule(groups, post);
  return {
    ...schedule,
    post,
    reuse: (buffer) => {
      spare = buffer;
    },
    invalidate: () => {
      failures += 1;
    },
  };
}

function receiveReports(
  options: GroupSenderOptions,
  poster: Poster,
  progress: Progress,
  listeners: Listeners,
): void {
  const { thread, memories, groups, writer } = options;
  const onCommitted = (report: JournalReport & { type: "committed" }): void => {
    const group = groups.onItsWay!;
    poster.kept();
    groups.onItsWay = undefined;
    poster.reuse(report.spare);
    progress.sizes = report.sizes;
    progress.commits += 1;
    progress.lastCommitMs = report.seconds * 1000;
    rememberKeys(group.keys, memories);
    group.resolve("appended");
    listeners.notify({ seconds: report.seconds, entries: group.entries });
    thread.hold(false, "groups");
    if (writer.length > 0 || groups.gathering.entries > 0) poster.schedule();
  };
  const onRecovered = (sizes: FileSizes): void => {
    groups.failing = undefined;
    progress.sizes = sizes;
    if (writer.length > 0) poster.schedule();
  };
  thread.onReport((report) => {
    if (report.type === "committed") onCommitted(report);
    else if (report.type === "failed") onFailed(options, poster, listeners, report.error);
    else if (report.type === "closed") listeners.confirmClosed();
    else if (report.type === "recovered") onRecovered(report.sizes);
  });
}

function onFailed(
  { thread, groups, writer }: GroupSenderOptions,
  poster: Poster,
  listeners: Listeners,
  { code, message }: SentError,
): void {
  const failed = new JournalError(code, message);
  groups.failing = failed;
  poster.invalidate();
  listeners.notify({ seconds: 0, entries: pendingEntries(groups), failed });
  poster.cancel();
  refuseAll(groups, writer, failed);
  thread.hold(false, "groups");
  // A thread that has ended never confirms.
  if (code === "thread_ended") listeners.confirmClosed();
}

/** Refuses every group that is not durable. The next group repeats the definitions and folds of the refused ones. */
function refuseAll(groups: Groups, writer: RecordWriter, error: JournalError): void {
  const refused = groups.onItsWay ? [groups.onItsWay, groups.gathering] : [groups.gathering];
  groups.onItsWay = undefined;
  groups.gathering = createGroup();
  writer.take();
  for (const structure of refused.flatMap((group) => group.structure)) {
    writer.append(structure);
    groups.gathering.structure.push(structure);
  }
  for (const group of refused) group.reject(error);
}

function stateOf(groups: Groups, { sizes, commits, lastCommitMs }: Progress): JournalState {
  const { gathering, onItsWay, failing } = groups;
  const oldest = onItsWay && onItsWay.entries > 0 ? onItsWay : gathering;
  return {
    pendingEntries: pendingEntries(groups),
    waitingMs: oldest.entries > 0 ? performance.now() - oldest.since : 0,
    ...sizes,
    commits,
    lastCommitMs,
    failing,
  };
}
