import { type Entry, entriesOf, type Problem, type Rule } from "./rule.ts";

/** Words of other units at the end of a name, with the base unit that they belong to. */
const UNIT_WORDS: readonly (readonly [words: RegExp, unit: string])[] = [
  [
    /[_.-](?:ms|msec|msecs|millis|milliseconds?|us|micros|microseconds|ns|nanos|sec|secs|minutes?|mins?|hours?)$/,
    "seconds",
  ],
  [/[_.-](?:kb|kib|mb|mib|gb|gib|kilobytes?|megabytes?|gigabytes?|bits?)$/, "bytes"],
  [/[_.-](?:percent|pct|percentage|permille)$/, "ratio"],
];

/** Words that ask for a unit. */
const MEASURED: readonly (readonly [words: RegExp, unit: string])[] = [
  [/(?:^|[_.-])(?:time|duration|latency|delay|wait|age|uptime|elapsed|lag|ms|seconds)$/, "seconds"],
  [/(?:^|[_.-])(?:size|bytes|memory|heap|storage|payload|traffic|mb|kb)$/, "bytes"],
  [/(?:^|[_.-])(?:ratio|share|percent|percentage|pct|utilization|usage)$/, "ratio"],
];

export const unitRules: readonly Rule[] = [
  each(
    "unit-milliseconds",
    "Values are seconds: with edges in milliseconds, every value is in the first bucket.",
    ({ unit, buckets = [] }) =>
      unit === "seconds" && lookLikeMilliseconds(buckets)
        ? {
            at: ["buckets"],
            what: `look like milliseconds, but the unit is seconds: ${buckets.at(-1)} is ${spell(buckets.at(-1)!)}.`,
            fix: `Write [${buckets.map((edge) => edge / 1000).join(", ")}], and report seconds.`,
          }
        : undefined,
  ),
  each(
    "unit-kilobytes",
    "Values are bytes: with edges in kilobytes or megabytes, every value is above the last bucket.",
    ({ unit, buckets = [] }) =>
      unit === "bytes" && buckets.length > 0 && buckets.at(-1)! <= 1_024
        ? {
            at: ["buckets"],
            what: `end at ${buckets.at(-1)}, but the unit is bytes.`,
            fix: `If they are kilobytes, write [${buckets.map((edge) => edge * 1_000).join(", ")}], and report bytes.`,
          }
        : undefined,
  ),
  each("unit-percent", "A ratio of 1 is 100 %: boards multiply it.", ({ unit, buckets = [] }) =>
    unit === "ratio" && (buckets.at(-1) ?? 0) >= 10
      ? {
          at: ["buckets"],
          what: `look like percent, but a ratio of 1 is 100 %: ${buckets.at(-1)}.`,
          fix: `Write [${buckets.map((edge) => edge / 100).join(", ")}], and report shares.`,
        }
      : undefined,
  ),
  each(
    "unit-in-name",
    "The unit is added to the name of the metric: another one in the name says two things.",
    ({ name, unit }) => {
      const [words, meant] = UNIT_WORDS.find(([pattern]) => pattern.test(name)) ?? [];
      if (!words) return undefined;
      const bare = name.replace(words, "");
      const rest = unit === undefined ? `, and unit: "${meant}"` : "";
      return {
        at: [],
        what: `has a unit in its name${unit === undefined ? "" : `, but it is in ${unit}`}.`,
        fix: `Use ${bare}${rest}, and report ${meant === "ratio" ? "shares" : meant}.`,
      };
    },
    ({ group }) => ["measurements", "gauges", "ingested"].includes(group),
  ),
  each(
    "unit-missing",
    "Without a unit, a board shows a bare number, and its reader guesses.",
    ({ name, unit }) => {
      const [, meant] = MEASURED.find(([pattern]) => pattern.test(name)) ?? [];
      return unit === undefined && meant !== undefined && !UNIT_WORDS.some(([pattern]) => pattern.test(name))
        ? {
            at: [],
            what: "has no unit, but its name asks for one.",
            fix: `Add unit: "${meant}", if it is in ${meant}.`,
          }
        : undefined;
    },
    ({ group }) => group === "gauges" || group === "ingested",
  ),
];

type Found = Omit<Problem, "path"> & { readonly at: readonly string[] };

function each(
  id: string,
  reason: string,
  find: (entry: Entry) => Found | undefined,
  isAsked: (entry: Entry) => boolean = () => true,
): Rule {
  return {
    id,
    reason,
    find: ({ catalog }) =>
      entriesOf(catalog)
        .filter(isAsked)
        .flatMap((entry) => {
          const found = find(entry);
          return found ? [{ path: [...entry.path, ...found.at], what: found.what, fix: found.fix }] : [];
        }),
  };
}

/**
 * True for edges that are round as milliseconds and not as seconds. Long times in seconds are minutes: they are
 * multiples of 30.
 */
function lookLikeMilliseconds(buckets: readonly number[]): boolean {
  if (buckets.length === 0 || buckets[0]! < 1 || !buckets.every(Number.isInteger)) return false;
  const large = buckets.filter((edge) => edge > 60);
  const odd = large.filter((edge) => edge % 30 !== 0);
  return odd.length >= 2 && odd.length * 2 >= large.length;
}

function spell(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = seconds / 60;
  return minutes < 120
    ? `${Number(minutes.toFixed(1))} minutes`
    : `${Number((minutes / 60).toFixed(1))} hours`;
}
