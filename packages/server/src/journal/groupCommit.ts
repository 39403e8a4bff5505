import { isKept } from "../metrics/descriptor.ts";
import type { AppendOutcome, Journal, JournalEntry, JournalState } from "./journal.ts";
import { JournalError } from "./journalError.ts";
import type { JournalReport, JournalThread } from "./journalThreadHandle.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import type { KeyMemory, Sender } from "./keyMemory.ts";
import { createRecordWriter } from "./records.ts";
import type { SeriesIds } from "./seriesIds.ts";
import type { FileSizes, SentError } from "./threadMessages.ts";
import { createWaitingKeys, rememberKeys, sealKeys, type WaitingKeys } from "./waitingKeys.ts";

export interface GroupCommitOptions {
  readonly thread: JournalThread;
  readonly ids: SeriesIds;
  readonly memories: Readonly<Record<Sender, KeyMemory>>;
  readonly maxPending: number;
}

/** Entries that become durable together, in one transaction, or not at all. */
interface Group {
  entries: number;
  /** When the first of them came, by `performance.now()`; and when the last did, since 1970. */
  since: number;
  at: number;
  readonly keys: Readonly<Record<Sender, WaitingKeys>>;
  /** What has to be said again should the group fail: definitions and folds, which later groups count on. */
  readonly structure: Uint8Array[];
  readonly kept: Promise<"appended">;
  readonly resolve: (outcome: "appended") => void;
  readonly reject: (error: JournalError) => void;
}

/**
 * Gathers entries into groups. One group is on its way to the disk at a time, and the next gathers meanwhile and goes as
 * soon as that one is kept: so the slower the disk, the more entries share one sync, and no entry waits for a clock.
 */
export function createGroupCommit(
  options: GroupCommitOptions,
): Required<Pick<Journal, "append" | "fold" | "close" | "state" | "onCommit">> {
  const { thread, ids, memories, maxPending } = options;
  const writer = createRecordWriter();
  const words = new Uint32Array(KEY_WORDS);
  let gathering = createGroup();
  let onItsWay: Group | undefined;
  let failing: JournalError | undefined;
  let failures = 0;
  let closed: Promise<void> | undefined;
  let confirmClosed = (): void => {};
  let sizes: FileSizes = thread.sizes;
  let commits = 0;
  let lastCommitMs = 0;
  let spare: ArrayBuffer | undefined;
  let immediate: NodeJS.Immediate | undefined;
  let notify: Parameters<NonNullable<Journal["onCommit"]>>[0] = () => {};

  const post = (): void => {
    clearImmediate(immediate);
    immediate = undefined;
    onItsWay = gathering;
    gathering = createGroup();
    const keys = sealKeys(onItsWay.keys, memories, onItsWay.at);
    const { buffer, length } = writer.take(spare);
    spare = undefined;
    thread.hold(true);
    thread.post({ type: "commit", buffer, length, keys, failures });
  };
  const schedule = (): void => {
    if (onItsWay || failing) return;
    // Not at once: what else came in this turn of the loop goes with it.
    immediate ??= setImmediate(post);
  };

  /** Refuses everything that is not durable, and keeps what later groups need to be understood. */
  const refuseAll = (error: JournalError): void => {
    clearImmediate(immediate);
    immediate = undefined;
    const refused = onItsWay ? [onItsWay, gathering] : [gathering];
    onItsWay = undefined;
    gathering = createGroup();
    writer.take();
    for (const structure of refused.flatMap((group) => group.structure)) {
      writer.append(structure);
      gathering.structure.push(structure);
    }
    for (const group of refused) group.reject(error);
  };

  const onFailed = ({ code, message }: SentError): void => {
    failing = new JournalError(code, message);
    failures += 1;
    notify({ seconds: 0, entries: (onItsWay?.entries ?? 0) + gathering.entries, failed: failing });
    refuseAll(failing);
    thread.hold(false);
    // It will not answer any more.
    if (code === "thread_ended") confirmClosed();
  };
  const onCommitted = (report: JournalReport & { type: "committed" }): void => {
    const group = onItsWay!;
    onItsWay = undefined;
    spare = report.spare;
    sizes = report.sizes;
    commits += 1;
    lastCommitMs = report.seconds * 1000;
    rememberKeys(group.keys, memories);
    group.resolve("appended");
    notify({ seconds: report.seconds, entries: group.entries });
    thread.hold(false);
    if (writer.length > 0 || gathering.entries > 0) schedule();
  };
  thread.onReport((report) => {
    if (report.type === "committed") onCommitted(report);
    else if (report.type === "failed") onFailed(report.error);
    else if (report.type === "closed") confirmClosed();
    else {
      failing = undefined;
      sizes = report.sizes;
      if (writer.length > 0) schedule();
    }
  });

  /** The group whose commit decides what becomes of a key, where there is one. */
  const groupOf = (from: Sender, key: string): Group | undefined => {
    if (gathering.keys[from].find(key) >= 0) return gathering;
    return onItsWay && onItsWay.keys[from].find(key) >= 0 ? onItsWay : undefined;
  };
  /** What becomes of an entry whose key came before; undefined where it is new. */
  const judge = ({ key, from, fingerprint }: JournalEntry): Promise<AppendOutcome> | undefined => {
    if (key === undefined) return undefined;
    const group = groupOf(from, key);
    if (group) {
      const isSame = group.keys[from].isSame(group.keys[from].find(key), fingerprint);
      return group.kept.then(() => (isSame ? "duplicate" : "conflict"));
    }
    writeKey(words, 0, key, fingerprint);
    const outcome = memories[from].judge(words, 0);
    if (outcome !== "appended") return Promise.resolve(outcome);
    gathering.keys[from].add(key, words);
    return undefined;
  };
  const idOf = (series: JournalEntry["increments"][number]["series"]): number => {
    const start = writer.length;
    const id = ids.of(series, writer);
    if (writer.length > start) gathering.structure.push(writer.copy(start));
    return id;
  };

  return {
    append: (entry) => {
      const refusal = closed ? closedError() : (failing ?? behindError());
      if (refusal) return Promise.reject(refusal);
      const known = judge(entry);
      if (known) return known;
      for (const { series, value, times } of entry.increments) {
        const id = ids.cached(series);
        if (id !== 0) writer.increment(id, value, times);
        else if (isKept(series.descriptor)) writer.increment(idOf(series), value, times);
      }
      if (gathering.entries === 0) gathering.since = performance.now();
      gathering.entries += 1;
      gathering.at = entry.at;
      schedule();
      return gathering.kept;
    },
    fold: (from, into) => {
      const known = closed || !isKept(from.descriptor) ? undefined : ids.known(from);
      if (known === undefined) return;
      const target = idOf(into);
      const start = writer.length;
      writer.fold(known, target);
      gathering.structure.push(writer.copy(start));
      ids.forget(from);
      schedule();
    },
    close: () => (closed ??= close()),
    state,
    onCommit: (listener) => {
      notify = listener;
    },
  };

  function behindError(): JournalError | undefined {
    if (gathering.entries + (onItsWay?.entries ?? 0) < maxPending) return undefined;
    return new JournalError(
      "behind",
      `[rumkit] ${maxPending} entries wait for the disk. Try again, or look at why it is slow.`,
    );
  }

  function state(): JournalState {
    const oldest = onItsWay && onItsWay.entries > 0 ? onItsWay : gathering;
    return {
      pendingEntries: gathering.entries + (onItsWay?.entries ?? 0),
      waitingMs: oldest.entries > 0 ? performance.now() - oldest.since : 0,
      ...sizes,
      commits,
      lastCommitMs,
      failing,
    };
  }

  /** Resolves when nothing waits any more: kept, or refused. */
  async function settle(): Promise<void> {
    if (failing || (!onItsWay && writer.length === 0 && gathering.entries === 0)) return;
    if (!onItsWay) post();
    await onItsWay!.kept.catch(() => {});
    await settle();
  }

  async function close(): Promise<void> {
    await settle();
    if (failing?.code === "thread_ended") return;
    thread.hold(true);
    const confirmed = new Promise<void>((resolve) => {
      confirmClosed = resolve;
    });
    thread.post({ type: "close" });
    await confirmed;
  }
}

function createGroup(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<"appended">();
  // A group of folds alone has nobody who waits for it.
  promise.catch(() => {});
  return {
    entries: 0,
    since: 0,
    at: 0,
    keys: { page: createWaitingKeys(), server: createWaitingKeys() },
    structure: [],
    kept: promise,
    resolve,
    reject,
  };
}

function closedError(): JournalError {
  return new JournalError("closed", "[rumkit] The journal is closed.");
}
