import { expect, test } from "vitest";
import { createEntry } from "../../../../test/support/journal/entries.ts";
import { createGroupCommit } from "./groupCommit.ts";
import type { JournalReport, JournalThread } from "./journalThreadHandle.ts";
import { createKeyMemory } from "./keyMemory.ts";
import { emptyKeyTable } from "./keyTable.ts";
import { createSeriesIds } from "./seriesIds.ts";
import type { ThreadRequest } from "./threadMessages.ts";

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
  return createGroupCommit({
    thread: thread as JournalThread,
    ids: createSeriesIds({ series: emptyKeyTable(0), nextSeriesId: 1 }),
    memories: { page: createKeyMemory({}), server: createKeyMemory({}) },
    maxPending: 10,
  });
}

test("closing ends if the thread ends meanwhile", async () => {
  await journalThatEndsAt("close").close();
  const journal = journalThatEndsAt("commit");
  const appended = journal.append(createEntry(0)).catch((error: unknown) => error);
  await journal.close();
  expect(await appended).toMatchObject({ code: "thread_ended" });
});
