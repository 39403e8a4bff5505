import { join } from "node:path";
import { describe } from "vitest";
import { testDurableJournal, testJournal } from "../../../../test/journal/conformance.ts";
import { openSqliteJournal } from "./sqliteJournal.ts";

const openIn = (folder: string) => openSqliteJournal({ path: join(folder, "metrics.journal") });

describe("as every journal", () => testJournal(openIn));
describe("as every durable journal", () => testDurableJournal(openIn));
