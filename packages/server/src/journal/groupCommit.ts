import { isKept } from "../metrics/descriptor.ts";
import type { Increment, Series } from "../metrics/seriesStore.ts";
import { createGroups, findGroup, type Groups, pendingEntries } from "./groups.ts";
import { createGroupSender } from "./groupSender.ts";
import { type AppendOutcome, type Journal, type JournalEntry, JournalError } from "./journal.ts";
import type { JournalThread } from "./journalThreadHandle.ts";
import { KEY_WORDS, writeKey } from "./keyDigest.ts";
import type { KeyMemory, Sender } from "./keyMemory.ts";
import { createRecordWriter, type RecordWriter } from "./records.ts";
import type { SeriesIds } from "./seriesIds.ts";

export interface GroupCommitOptions {
  readonly thread: JournalThread;
  readonly ids: SeriesIds;
  readonly memories: Readonly<Record<Sender, KeyMemory>>;
  readonly maxPending: number;
}

/**
 * Gathers entries into groups. One group at a time is on its way to the disk. The next one gathers meanwhile and leaves
 * when the first is kept: the slower the disk, the more entries share one sync, and no entry waits for a clock.
 */
export function createGroupCommit(
  options: GroupCommitOptions,
): Required<Pick<Journal, "append" | "knows" | "fold" | "close" | "state" | "onCommit">> {
  const { thread, ids, memories, maxPending } = options;
  const writer = createRecordWriter();
  const groups = createGroups();
  const sender = createGroupSender({ thread, memories, groups, writer });
  const judge = createJudge(groups, memories);
  const { count, fold } = createSeriesWriter(writer, ids, groups);
  const words = new Uint32Array(KEY_WORDS);
  let closed: Promise<void> | undefined;

  return {
    append: (entry) => {
      const refusal = closed ? closedError() : (groups.failing ?? behindError(groups, maxPending));
      if (refusal) return Promise.reject(refusal);
      const known = judge(entry);
      if (known) return known;
      count(entry.increments);
      const { gathering } = groups;
      if (gathering.entries === 0) gathering.since = performance.now();
      gathering.entries += 1;
      gathering.at = entry.at;
      sender.schedule();
      return gathering.kept;
    },
    knows: ({ key, from }) => {
      if (key === undefined) return false;
      if (findGroup(groups, from, key)) return true;
      writeKey(words, 0, key, undefined);
      return memories[from].judge(words, 0) !== "appended";
    },
    fold: (from, into) => {
      if (!closed && fold(from, into)) sender.schedule();
    },
    close: () => (closed ??= sender.close()),
    state: sender.state,
    onCommit: sender.onCommit,
  };
}

/** Writes the records of series. Definitions and folds are kept with the group, to repeat them if it fails. */
function createSeriesWriter(writer: RecordWriter, ids: SeriesIds, groups: Groups) {
  const idOf = (series: Series): number => {
    const start = writer.length;
    const id = ids.of(series, writer);
    if (writer.length > start) groups.gathering.structure.push(writer.copy(start));
    return id;
  };
  return {
    count: (increments: readonly Increment[]): void => {
      for (const { series, value, times } of increments) {
        const id = ids.cached(series);
        if (id !== 0) writer.increment(id, value, times);
        else if (isKept(series.descriptor)) writer.increment(idOf(series), value, times);
      }
    },
    /** Returns false if there is nothing to fold. */
    fold: (from: Series, into: Series): boolean => {
      const known = isKept(from.descriptor) ? ids.known(from) : undefined;
      if (known === undefined) return false;
      const target = idOf(into);
      const start = writer.length;
      writer.fold(known, target);
      groups.gathering.structure.push(writer.copy(start));
      ids.forget(from);
      return true;
    },
  };
}

/** Returns the outcome of an entry whose key was seen before. Returns undefined for a new key, and remembers it. */
function createJudge(
  groups: Groups,
  memories: GroupCommitOptions["memories"],
): (entry: JournalEntry) => Promise<AppendOutcome> | undefined {
  const words = new Uint32Array(KEY_WORDS);
  return ({ key, from, fingerprint }) => {
    if (key === undefined) return undefined;
    const group = findGroup(groups, from, key);
    if (group) {
      const isSame = group.keys[from].isSame(group.keys[from].find(key), fingerprint);
      return group.kept.then(() => (isSame ? "duplicate" : "conflict"));
    }
    writeKey(words, 0, key, fingerprint);
    const outcome = memories[from].judge(words, 0);
    if (outcome !== "appended") return Promise.resolve(outcome);
    groups.gathering.keys[from].add(key, words);
    return undefined;
  };
}

function behindError(groups: Groups, maxPending: number): JournalError | undefined {
  if (pendingEntries(groups) < maxPending) return undefined;
  return new JournalError(
    "behind",
    `[rumkit] ${maxPending} entries wait for the disk. Try again, or find out why the disk is slow.`,
  );
}

function closedError(): JournalError {
  return new JournalError("closed", "[rumkit] The journal is closed.");
}
