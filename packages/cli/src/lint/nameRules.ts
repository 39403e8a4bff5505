import { nearestName } from "@rumkit/server/internal/base";
import {
  gaugeFamilyName,
  ingestedFamilyName,
  RUNTIME_FAMILIES,
  toSnakeCase,
  measurementFamilyName,
} from "@rumkit/server/internal/metrics";
import { ownersOf } from "./owners.ts";
import { entriesOf, findRepeats, GROUPS, type Problem, quote, type Rule, type Subject } from "./rule.ts";

/** Suffixes of series, which a reader of `action="sign_up_total"` takes for a metric. */
const SERIES_SUFFIX = /_(?:total|count|sum|bucket|info|created)$/;

/** Values that the collector itself uses for a name. */
const PLACEHOLDERS: readonly string[] = ["other", "unknown", "none", "unmatched"];

/** Series that Prometheus makes for each target (prometheus.io/docs, "Jobs and instances"). */
const OF_PROMETHEUS = /^(?:up|scrape_\w+|alerts|alerts_for_state)$/;

export const nameRules: readonly Rule[] = [
  {
    id: "similar-names",
    reason: "Two names for one thing are counted apart, so each of them shows too little.",
    find: findSimilarNames,
  },
  {
    id: "same-name",
    reason: "An action and a conversion of one name look alike on boards, on the live page and in funnels.",
    find: ({ catalog: { actions = {}, conversions = {} } }) =>
      Object.keys(actions)
        .filter((name) => Object.hasOwn(conversions, name))
        .map((name) => ({
          path: ["actions", name],
          what: `has the name of conversions.${name}.`,
          fix: "Rename one of them, or count it once.",
        })),
  },
  {
    id: "name-prefix",
    reason: "The app, the side and the kind are in the metric or in its labels already.",
    find: findPrefixes,
  },
  {
    id: "name-suffix",
    reason:
      "Prometheus keeps `_total`, `_count`, `_sum`, `_bucket`, `_info` and `_created` for names of series.",
    find: ({ catalog }) =>
      entriesOf(catalog)
        .filter(({ name, group }) => group !== "ingested" && SERIES_SUFFIX.test(name))
        .map(({ path, name }) => ({
          path,
          what: `ends in ${SERIES_SUFFIX.exec(name)![0]}, which Prometheus adds to names of series.`,
          fix: `Use ${name.replace(SERIES_SUFFIX, "")}.`,
        })),
  },
  {
    id: "name-placeholder",
    reason: "`other`, `unknown`, `none` and `unmatched` are what the collector writes where it has no name.",
    find: ({ catalog }) =>
      entriesOf(catalog)
        .filter(({ name }) => PLACEHOLDERS.includes(name))
        .map(({ path, name }) => ({
          path,
          what: `is called ${quote(name)}, which the collector writes where it has no name.`,
          fix: "Name the thing that it counts.",
        })),
  },
  {
    id: "name-of-prometheus",
    reason:
      "A metric with the name of a series of Prometheus or of the Node.js process mixes with it in queries.",
    find: findTakenFamilies,
  },
  {
    id: "metric-family",
    reason:
      "OpenMetrics cuts `_total` off the family of a counter: a strict parser then reads one family twice.",
    find: findSharedFamilies,
  },
];

/** Compares names as people confuse them: without case, separators, the plural, and the order of words. */
function findSimilarNames({ names }: Subject): Problem[] {
  return GROUPS.flatMap((group) => {
    const all = names.get(group) ?? [];
    const same = [joinWords, sortWords].flatMap((keyOf) =>
      findRepeats(all, keyOf).map(({ first, again }) => [first, again] as const),
    );
    const misspelt = all.flatMap((name, index) => {
      const before = all.slice(0, index).filter((other) => isMisspelt(name, other));
      return before.length > 0 ? [[before[0]!, name] as const] : [];
    });
    const pairs = new Map([...misspelt, ...same].map((pair) => [pair.join(" "), pair]));
    return [...pairs.values()].map(([first, again]) => ({
      path: [group, again],
      what: `is nearly the same name as ${group}.${first}.`,
      fix: "Use one name for one thing.",
    }));
  });
}

/** The letters of a name: `checkout` and `check_out` have the same. */
function joinWords(name: string): string {
  return wordsOf(name).join("");
}

/** The words of a name in any order: `cart_add` and `add_cart` have the same. */
function sortWords(name: string): string {
  return wordsOf(name).toSorted().join(" ");
}

/** The words of a name, without the plural. */
function wordsOf(name: string): string[] {
  return toSnakeCase(name.replaceAll(".", "_"))
    .split("_")
    .map((word) => (word.length > 3 ? word.replace(/s$/, "") : word));
}

/** True for one letter more or less, or two letters swapped, in a name that is long enough to be meant as the other. */
function isMisspelt(name: string, other: string): boolean {
  if (Math.min(name.length, other.length) < 6 || /\d/.test(name + other)) return false;
  const isSwap = name.length === other.length && sortLetters(name) === sortLetters(other);
  if (!isSwap && Math.abs(name.length - other.length) !== 1) return false;
  return nearestName(name, [other]) === other && differsOnce(name, other, isSwap);
}

function sortLetters(name: string): string {
  return name.split("").toSorted().join("");
}

/** True if cutting the one different place makes both texts equal. */
function differsOnce(name: string, other: string, isSwap: boolean): boolean {
  const [short, long] = name.length <= other.length ? [name, other] : [other, name];
  let start = 0;
  while (start < short.length && short[start] === long[start]) start += 1;
  const skipped = isSwap ? 2 : 0;
  return short.slice(start + skipped) === long.slice(start + (isSwap ? 2 : 1));
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  actions: ["action", "rum"],
  conversions: ["conversion", "rum"],
  measurements: ["measurement", "measure", "rum"],
  features: ["feature", "rum"],
  jobs: ["job", "rum"],
  gauges: ["gauge", "rum"],
  ingested: ["rum"],
};

function findPrefixes({ catalog }: Subject): Problem[] {
  return entriesOf(catalog).flatMap(({ path, name, group }) => {
    const prefix = [...KINDS[group]!, catalog.app].find((word) => new RegExp(`^${word}[_.-].`).test(name));
    if (prefix === undefined) return [];
    const rest = name.slice(prefix.length + 1);
    const why =
      prefix === catalog.app ? "the name of the app" : prefix === "rum" ? "the prefix of pages" : "its kind";
    return [
      {
        path,
        what: `begins with ${why}, ${quote(prefix)}, which its series have anyway.`,
        fix: `Use ${rest}.`,
      },
    ];
  });
}

function findTakenFamilies({
  catalog: { gauges = {}, ingested = {}, measurements = {} },
}: Subject): Problem[] {
  const families = [
    ...Object.entries(gauges).map(([name, spec]) => [["gauges", name], gaugeFamilyName(name, spec)] as const),
    ...Object.entries(ingested).map(
      ([name, spec]) => [["ingested", name], ingestedFamilyName(name, spec)] as const,
    ),
    ...Object.entries(measurements)
      .filter(([, { from }]) => from === "server")
      .map(([name, spec]) => [["measurements", name], measurementFamilyName(name, spec)] as const),
  ];
  return families.flatMap(([path, family]) => {
    const isOfProcess =
      (RUNTIME_FAMILIES as readonly string[]).includes(family) || /^(?:nodejs|process)_/.test(family);
    const owner = OF_PROMETHEUS.test(family)
      ? "Prometheus itself"
      : isOfProcess
        ? "the Node.js process"
        : undefined;
    if (owner === undefined) return [];
    return [
      {
        path,
        what: `becomes the metric ${family}, a name of ${owner}.`,
        fix: "Put the name of the service first.",
      },
    ];
  });
}

function findSharedFamilies({ catalog, descriptors }: Subject): Problem[] {
  const names = new Set(descriptors.map(({ name }) => name));
  return descriptors.flatMap(({ name, type }): Problem[] => {
    const family = name.replace(/_total$/, "");
    if (type !== "counter" || !names.has(family)) return [];
    const owners = [name, family].map((metric) => ownersOf(catalog, metric)[0]);
    const path = owners.find((owner) => owner !== undefined) ?? [];
    const other = owners[1] && path !== owners[1] ? owners[1].join(".") : family;
    return [
      {
        path,
        what: `becomes ${name}, which OpenMetrics calls ${family}, as ${other}.`,
        fix: "Rename one of them.",
      },
    ];
  });
}
