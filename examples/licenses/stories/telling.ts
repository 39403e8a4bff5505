import type { LiveAlert, LiveAlerts, LiveEvent, LiveSnapshot } from "@rumkit/protocol";
import { createLedger, readCounts } from "../load/ledger.ts";
import type { Ask } from "../load/licenseClient.ts";
import type { Site } from "../load/openPage.ts";
import { createTraffic, type Traffic } from "../load/traffic.ts";
import type { Deployment } from "../release.ts";

/** The server on which a story plays, and its audience. */
export interface Stage extends Site {
  readonly deployment: Deployment;
  /** Prints one line. */
  readonly say: (line: string) => void;
  /** Resolves after so many milliseconds. A rejection ends the story. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  readonly seed: number;
}

/** The audience did not see what the story promised. */
export class NotSeen extends Error {
  override readonly name = "NotSeen";
}

/** A story that is being told: its clock, its traffic, and what can be seen by those who watch. */
export interface Telling {
  readonly traffic: Traffic;
  readonly ask: Ask;
  /** Seconds that were played. */
  readonly clock: () => number;
  readonly tell: (line: string) => void;
  /** Plays so many seconds of traffic. */
  readonly play: (seconds: number) => Promise<void>;
  /** Plays on until it is seen, for so many seconds. Then the story has failed. */
  readonly see: (what: string, withinSeconds: number, look: () => Promise<boolean>) => Promise<void>;
  /** The story has failed unless it holds. */
  readonly insist: (holds: boolean, what: string) => void;
  /** The first frame of the live page's stream. */
  readonly watch: () => Promise<LiveSnapshot>;
  /** The state of an alert by its name in full; of one label set if the alert has several. */
  readonly alertState: (name: string, labels?: Readonly<Record<string, string>>) => Promise<AlertState>;
  /** Fails unless the server counted exactly what this story did, or more if others used it. Returns a sentence. */
  readonly settle: () => Promise<string>;
}

/** `ended`: it fired and was resolved. */
type AlertState = LiveAlert["state"] | "never fired" | "ended";

/** The length of a slice of play: requests come in small groups, and a fake clock has few steps. */
const SLICE_SECONDS = 0.5;

export async function startTelling({ ask, say, pause, seed }: Stage): Promise<Telling> {
  const ledger = createLedger();
  const traffic = createTraffic({ ask, ledger, seed });
  const count = async () => readCounts(await (await ask("/metrics")).text()).entries();
  const before = await count();
  const readAlerts = async (): Promise<LiveAlerts> => await readJson(await ask("/realtime/alerts"));
  const old = new Set((await readAlerts()).history.map(({ episode }) => episode));
  let clock = 0;

  const play = async (seconds: number): Promise<void> => {
    const end = clock + seconds;
    while (clock < end) {
      await traffic.play(SLICE_SECONDS);
      await pause(SLICE_SECONDS * 1_000);
      clock += SLICE_SECONDS;
    }
  };
  const insist = (holds: boolean, what: string): void => {
    if (!holds) throw new NotSeen(`Not seen: ${what}`);
  };

  return {
    traffic,
    ask,
    clock: () => clock,
    tell: (line) => say(`${renderClock(clock)}  ${line}`),
    play,
    insist,
    see: async (what, withinSeconds, look) => {
      const end = clock + withinSeconds;
      while (!(await look())) {
        insist(clock < end, `${what} Waited ${withinSeconds} s.`);
        await play(SLICE_SECONDS);
      }
    },
    watch: async () => await readSnapshot(await ask("/realtime/metrics")),
    alertState: async (name, labels = {}) => {
      const { alerts, history } = await readAlerts();
      const isMeant = (of: LiveAlert): boolean =>
        of.name === name && Object.entries(labels).every(([label, value]) => of.labels[label] === value);
      const now = alerts.find(isMeant);
      if (now) return now.state;
      return history.some((of) => isMeant(of) && !old.has(of.episode)) ? "ended" : "never fired";
    },
    settle: async () => {
      const now = await count();
      const missing = Object.entries(ledger.entries()).filter(
        ([key, value]) => (now[key] ?? 0) - (before[key] ?? 0) < value,
      );
      insist(missing.length === 0, `the count of ${missing.map(([key]) => key).join(", ")}.`);
      const { borrowed = 0, overage = 0, "cost in cents": cents = 0 } = ledger.sums();
      return `${borrowed} licenses were borrowed, ${overage} in overage for $${(cents / 100).toFixed(2)}: all of it is counted.`;
    },
  };
}

/** The number that a figure shows; null while it has none. */
export function numberOf({ figures, numbers }: LiveSnapshot, name: string): number | null {
  return numbers[figures.findIndex((figure) => figure.name === name)] ?? null;
}

/** The current values of a gauge, by tool. */
export function byTool(
  { totals }: Pick<LiveSnapshot, "totals">,
  metric: string,
): Readonly<Record<string, number>> {
  const found = totals.filter((total) => total.metric === metric);
  return Object.fromEntries(found.map(({ labels, value }) => [labels["tool"]!, value]));
}

/** The most frequent user of the recent activity, among events of one name. */
export function mostActive(tail: readonly LiveEvent[], name: string): { user: string; share: number } {
  const users = tail.filter((event) => event.name === name).map(({ details }) => String(details["user"]));
  const times = Map.groupBy(users, (user) => user);
  const [user = "", of = []] = [...times].toSorted(([, a], [, b]) => b.length - a.length)[0] ?? [];
  return { user, share: of.length / Math.max(users.length, 1) };
}

export async function readJson<T>(response: Response): Promise<T> {
  if (!response.ok) throw new NotSeen(`Not seen: an answer of the collector. It is ${response.status}.`);
  return (await response.json()) as T;
}

async function readSnapshot(response: Response): Promise<LiveSnapshot> {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!/^data: .*\n\n/m.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new NotSeen("Not seen: the live page. Its stream ended.");
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as LiveSnapshot;
}

/** Minutes and seconds: `1:30`. */
function renderClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
