import type { LiveCardSpec, LiveChartSpec } from "@rumkit/protocol";
import { secondsOf } from "@rumkit/server/internal/metrics";
import { type Problem, quote, type Rule } from "./rule.ts";

type Entry = LiveCardSpec | LiveChartSpec;

/** The seconds of the times that titles name. */
const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  sec: 1,
  s: 1,
  minute: 60,
  min: 60,
  hour: 3_600,
};

export const liveRules: readonly Rule[] = [
  {
    id: "live-title",
    reason: "A card whose title says per minute, and whose number is of five, is believed to be per minute.",
    find: ({ catalog: { live } }) => {
      const parts = { cards: live?.cards ?? {}, charts: live?.charts ?? {} };
      return Object.entries(parts).flatMap(([part, entries]) =>
        Object.entries<Entry>(entries).flatMap(([name, entry]) => findTitle(["live", part, name], entry)),
      );
    },
  },
];

/** Compares the time in a title with the time of the number. */
function findTitle(path: Problem["path"], entry: Entry): Problem[] {
  const [, word = ""] = /(?:\/|\bper) ?(second|sec|s|minute|min|hour)\b/i.exec(entry.title ?? "") ?? [];
  const said = SECONDS[word.toLowerCase()];
  const actual = secondsPer(entry);
  if (said === undefined || actual === undefined || said === actual) return [];
  return [
    {
      path: [...path, "title"],
      what: `is ${quote(entry.title ?? "")}, but the number is per ${renderTime(actual)}.`,
      fix: said === 60 ? 'Add per: "minute", or change the title.' : "Change the title.",
    },
  ];
}

/** The seconds that the number of an entry is of; undefined if it is not counted over time. */
function secondsPer(entry: Entry): number | undefined {
  if ("rate" in entry) return entry.per === "minute" ? 60 : 1;
  if ("money" in entry && entry.per === "minute") return 60;
  if ("increase" in entry || "money" in entry) return secondsOf(entry.over ?? "1m");
  return undefined;
}

function renderTime(seconds: number): string {
  if (seconds === 1) return "second";
  return seconds === 60 ? "minute" : `${seconds} seconds`;
}
