/**
 * Sends notices until it is killed: started by `noticeKillLoop.ts`, which names the peer and the folder. Its alerts begin and
 * end at random, and its state is written with the notices, as that of the engine is.
 */
import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openSqliteJournal } from "@rumkit/server";
import { type Alert, type AlertChange, createNotices } from "@rumkit/server/internal/testing";
import { createPeerReceiver } from "./peerReceiver.ts";
import { createAlertStory } from "./alertStory.ts";

const peer = process.env["PEER"]!;
const isLast = process.env["LAST"] === "1";
const SECTION = "alerts";

const journal = await openSqliteJournal({
  path: join(process.env["FOLDER"]!, "metrics.journal"),
  checkpointMs: 100,
});
const documents = journal.documents!;
/** Alerts that fire, by name, and the episodes of all that ever fired. */
const kept = new Map(documents.read(SECTION));
const story = createAlertStory(JSON.parse(kept.get("current") ?? "[]") as Alert[]);
const notices = createNotices({
  options: {
    routes: [{ receivers: ["first", "second"], groupBy: ["alertname"], groupInterval: "0s" }],
    maxNoticesPerHour: 1_000,
    flapping: { changes: 100, within: "1s" },
  },
  receivers: ["first", "second"].map((name) => createPeerReceiver(name, `${peer}/${name}`)),
  documents,
  now: Date.now,
  // The shortest time before each retry: the test need not wait for minutes after many failures.
  random: () => 0,
  audit: { add: () => {} },
  record: () => {},
  onFailed: (error) => {
    throw error;
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function take(changes: readonly AlertChange[]): Promise<void> {
  const written = changes.map(({ alert }) => ({ section: "fired", key: alert.episode, text: "1" }));
  const current = { section: SECTION, key: "current", text: JSON.stringify(story.current()) };
  await notices.take(changes, story.current(), Date.now(), [current, ...written]);
}

const names = Array.from({ length: 8 }, (_, index) => `A${index}`);
const isFiring = (name: string): boolean => story.current().some((alert) => alert.name === name);
async function change(): Promise<void> {
  const name = names[randomInt(names.length)]!;
  const changed = story[isFiring(name) ? "resolve" : "fire"](Date.now(), name);
  say("changed");
  await take([changed]);
  await wait(randomInt(30));
}

if (!isLast) for (;;) await change();
await take(names.filter(isFiring).map((name) => story.resolve(Date.now(), name)));
while (notices.receivers().some(({ waiting }) => waiting > 0)) {
  await take([]);
  await wait(20);
}
await notices.close();
await journal.close();
say("delivered");
