import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openSqliteJournal } from "@rumkit/server";
import { type Accepted, answerAtRandom, createNoticePeer } from "./noticePeer.ts";
import type { RenderedNotice } from "./renderNotice.ts";

export interface NoticeKillResult {
  readonly kills: number;
  /** Episodes of alerts that fired, as the state of the process says at the end. */
  readonly episodes: number;
  /** Requests to the peer, and those that it accepted: more than there are notices, because some come again. */
  readonly requests: number;
  readonly accepted: number;
  /** Different keys, over both receivers. */
  readonly notices: number;
  /** Sentences about everything that is wrong. */
  readonly faults: readonly string[];
}

/** Milliseconds from a change of state to the kill: on both sides of its commit, and of its delivery. */
const LATEST_KILL_MS = 40;

/**
 * Kills a process again and again between a change of state and its delivery, and compares what arrived with its state. Every
 * second kill comes when a notice arrives, before the process can learn of that.
 */
export async function runNoticeKillLoop(kills: number): Promise<NoticeKillResult> {
  let arrived = (): void => {};
  const folder = mkdtempSync(join(tmpdir(), "rumkit-notices-"));
  const { server, accepted, requests } = createNoticePeer(answerAtRandom, () => arrived());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const start = (last: boolean): ChildProcess =>
    spawn(process.execPath, [join(import.meta.dirname, "noticeProcess.ts")], {
      env: { ...process.env, PEER: peer, FOLDER: folder, LAST: last ? "1" : "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
  for (let kill = 0; kill < kills; kill += 1) {
    const child = start(false);
    const ended = once(child, "exit");
    const isAtArrival = kill % 2 === 0;
    let moments = 1 + randomInt(12);
    const strike = (): void => {
      moments -= 1;
      if (moments > 0) return;
      if (isAtArrival) child.kill("SIGKILL");
      else setTimeout(() => child.kill("SIGKILL"), randomInt(LATEST_KILL_MS));
    };
    arrived = isAtArrival ? strike : () => {};
    if (!isAtArrival)
      createInterface({ input: child.stdout! }).on("line", (line) => line === "changed" && strike());
    const [, signal] = (await ended) as [number | null, string | null];
    if (signal !== "SIGKILL") throw new Error("The process ended by itself: its output says why.");
  }
  arrived = () => {};
  const [code] = (await once(start(true), "exit")) as [number | null];
  const journal = await openSqliteJournal({ path: join(folder, "metrics.journal") });
  const fired = [...journal.documents!.read("fired")].map(([episode]) => episode);
  await journal.close();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
  const ends = code === 0 ? [] : [`The last process ended with ${code}.`];
  return {
    kills,
    episodes: fired.length,
    requests: requests(),
    accepted: accepted.length,
    notices: new Set(accepted.map(({ id, receiver }) => `${receiver} ${id}`)).size,
    faults: [...ends, ...["first", "second"].flatMap((receiver) => findFaults(receiver, accepted, fired))],
  };
}

/** Everything that is wrong with what a receiver accepted, by its keys. */
function findFaults(receiver: string, all: readonly Accepted[], fired: readonly string[]): string[] {
  const faults: string[] = [];
  const notices = new Map<string, string>();
  for (const { id, body } of all.filter((one) => one.receiver === receiver)) {
    const before = notices.get(id);
    if (before === undefined) notices.set(id, body);
    else if (before !== body) faults.push(`${receiver}: ${id} came with another text.`);
  }
  const told = new Map<string, string[]>();
  for (const body of notices.values()) {
    const { reason, episodes } = JSON.parse(body) as RenderedNotice;
    for (const text of reason === "repeat" ? [] : episodes) {
      const [episode = "", state = ""] = text.split(" ");
      told.set(episode, [...(told.get(episode) ?? []), state]);
    }
  }
  for (const episode of fired) {
    const states = (told.get(episode) ?? []).join(" then ");
    if (states !== "firing then resolved") faults.push(`${receiver}: ${episode} ${states || "never came"}`);
  }
  for (const episode of told.keys())
    if (!fired.includes(episode)) faults.push(`${receiver}: ${episode} never was`);
  return faults;
}
