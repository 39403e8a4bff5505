/**
 * Appends entries one after another and writes what became of each, at once and in order: `kept 3`,
 * `refused 4 disk_full`. What is refused comes again, under the same key, until it is kept; with `GIVE_UP` never.
 */
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { type JournalError, openSqliteJournal } from "@rumkit/server";
import { createEntry } from "./entries.ts";

const [path = "", count = "20"] = process.argv.slice(2);
const say = (line: string): void => void writeSync(1, `${line}\n`);

const journal = await openSqliteJournal({ path, checkpointMs: 3_600_000, reserveBytes: 65_536 }).catch(
  (error: JournalError) => {
    say(`closed ${error.code}`);
    process.exit(0);
  },
);
for (let index = 0; index < Number(count); index += 1) await append(index);
await journal.close();
say("closed");

async function append(index: number): Promise<void> {
  try {
    await journal.append(createEntry(index));
    say(`kept ${index}`);
  } catch (error) {
    say(`refused ${index} ${(error as JournalError).code}`);
    if (process.env["GIVE_UP"]) return;
    await wait(50);
    await append(index);
  }
}
