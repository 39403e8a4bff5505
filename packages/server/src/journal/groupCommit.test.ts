import { expect, test } from "vitest";
import { createEntry } from "../../../../test/support/journal/entries.ts";
import { createGroupCommit } from "./groupCommit.ts";
import type { JournalReport, JournalThread, ThreadRequest } from "./journalThreadHandle.ts";
import { readKeyBlocks } from "./keyBlock.ts";
import { KEY_WORDS } from "./keyDigest.ts";
import { createKeyMemory } from "./keyMemory.ts";
import { emptyKeyTable } from "./keyTable.ts";
import { createSeriesIds } from "./seriesIds.ts";

/** A journal whose thread ends at a request, as one does that runs out of memory. */
function journalThatEndsAt(type: ThreadRequest["type"]) {
  let tell: (report: JournalReport) => void = () => {};
  const thread: Pick<JournalThread, "sizes" | "post" | "onReport" | "hold"> = {
    sizes: { bytes: 0, logBytes: 0, freeBytes: 0 },
    onReport: (listener) => void (tell = listener),
    hold: () => {},
    post: (request) => {
      const error = { code: "thread_ended", message: "It has ended." } as const;
      if (request.type === type) setImmediate(() => tell({ type: "failed", error }));
    },
  };
  return createJournal(thread);
}

function createJournal(thread: object) {
  return createGroupCommit({
    thread: thread as JournalThread,
    ids: createSeriesIds({ series: emptyKeyTable(0), nextSeriesId: 1 }),
    memories: { page: createKeyMemory({}), server: createKeyMemory({}) },
    maxPending: 200,
  });
}

/** A journal whose thread keeps a group when the test says so, with the number of keys of each group so far. */
function journalKeptByHand() {
  let tell: (report: JournalReport) => void = () => {};
  const groups: number[] = [];
  const sizes = { bytes: 0, logBytes: 0, freeBytes: 0 };
  const thread: Pick<JournalThread, "sizes" | "post" | "onReport" | "hold"> = {
    sizes,
    onReport: (listener) => void (tell = listener),
    hold: () => {},
    post: (request) => {
      if (request.type !== "commit") return;
      const blocks = readKeyBlocks(request.keys);
      groups.push(blocks.reduce((sum, { words }) => sum + words.length / KEY_WORDS, 0));
    },
  };
  const journal = createJournal(thread);
  let next = 0;
  return {
    groups,
    append: (count: number) => {
      for (let index = 0; index < count; index += 1) void journal.append(createEntry((next += 1)));
    },
    keep: () => tell({ type: "committed", seconds: 0, sizes, spare: undefined }),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
/** More turns than any group waits. */
async function turns(): Promise<void> {
  for (let index = 0; index < 10; index += 1) await turn();
}

test("an entry that comes alone leaves at the end of its turn", async () => {
  const { groups, append, keep } = journalKeptByHand();
  for (let sent = 1; sent <= 3; sent += 1) {
    append(1);
    await turn();
    expect(groups).toHaveLength(sent);
    keep();
  }
});

test("a small group waits some turns for as many entries as were open before, and not longer", async () => {
  const { groups, append, keep } = journalKeptByHand();
  append(4);
  await turn();
  keep();
  append(1);
  await turn();
  append(3);
  await turn();
  expect(groups).toEqual([4, 4]);
  keep();
  append(2);
  await turns();
  expect(groups).toEqual([4, 4, 2]);
});

test("entries that came while a group was on its way join those that its answers bring", async () => {
  const { groups, append, keep } = journalKeptByHand();
  append(1);
  await turn();
  append(1);
  keep();
  await turn();
  append(1);
  await turn();
  expect(groups).toEqual([1, 2]);
});

test("a large group does not wait", async () => {
  const { groups, append, keep } = journalKeptByHand();
  append(100);
  await turn();
  keep();
  append(32);
  await turn();
  expect(groups).toEqual([100, 32]);
});

test("closing ends if the thread ends meanwhile", async () => {
  await journalThatEndsAt("close").close();
  const journal = journalThatEndsAt("commit");
  const appended = journal.append(createEntry(0)).catch((error: unknown) => error);
  await journal.close();
  expect(await appended).toMatchObject({ code: "thread_ended" });
});
