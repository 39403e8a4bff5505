import { createRouteMatcher, templatePath } from "@rumkit/protocol";
import { findRepeats, type Problem, quote, type Rule, type Subject } from "./rule.ts";

const LISTS = ["routes", "endpoints"] as const;

export const routeRules: readonly Rule[] = [
  {
    id: "route-shadowed",
    reason:
      "The first pattern that matches a path wins, so a later one that it covers never counts anything.",
    find: (subject) => LISTS.flatMap((list) => findShadowed(list, subject.catalog[list] ?? [])),
  },
  each(
    "route-alike",
    "Paths are case-sensitive: two routes that differ in case are two rows for one page.",
    (patterns) =>
      findRepeats(
        patterns.map((pattern, place) => ({ pattern, place })),
        ({ pattern }) => pattern.toLowerCase(),
      ).map(({ first, again }) => ({
        place: again.place,
        what: `differs only in case from ${quote(first.pattern)}.`,
        fix: "Keep the one that pages have.",
      })),
  ),
  each("route-dollar", "Parameters begin with a colon here, and `$` is a plain character.", (patterns) =>
    patterns.flatMap((pattern, place) =>
      /\/\$[a-zA-Z]/.test(pattern)
        ? [
            {
              place,
              what: `has "$", a plain character, in ${quote(pattern)}.`,
              fix: `Use ${quote(pattern.replaceAll(/\/\$([a-zA-Z]\w*)/g, "/:$1"))}.`,
            },
          ]
        : [],
    ),
  ),
  each("route-id", "A pattern with the id of one thing counts that thing only.", (patterns) =>
    patterns.flatMap((pattern, place) => {
      const meant = /^https?:/.test(pattern)
        ? pattern.replace(
            /^([^/]*\/\/[^/]*)(.*)$/,
            (_, origin: string, path: string) => origin + templatePath(path),
          )
        : templatePath(pattern);
      // A version such as `/v1` is a word, and `/404` is the page of a status.
      return meant === pattern || /^\/[45]\d\d$/.test(pattern)
        ? []
        : [{ place, what: `has an id in it: ${quote(pattern)}.`, fix: `Use ${quote(meant)}.` }];
    }),
  ),
];

interface Found {
  readonly place: number;
  readonly what: string;
  readonly fix: string;
}

function each(id: string, reason: string, find: (patterns: readonly string[]) => readonly Found[]): Rule {
  return {
    id,
    reason,
    find: ({ catalog }: Subject) =>
      LISTS.flatMap((list) =>
        find(catalog[list] ?? []).map(({ place, what, fix }) => ({ path: [list, place], what, fix })),
      ),
  };
}

function findShadowed(list: string, patterns: readonly string[]): Problem[] {
  return patterns.flatMap((pattern, place) => {
    const before = patterns.slice(0, place);
    const cover = shadowOf(pattern, before);
    if (cover === undefined) return [];
    const isSame = shadowOf(cover, [pattern]) !== undefined;
    return [
      {
        path: [list, place],
        what: `is never counted: ${quote(cover)} comes before ${quote(pattern)} and takes all its paths.`,
        fix: isSame ? "Remove one of them." : `Put ${quote(pattern)} before ${quote(cover)}.`,
      },
    ];
  });
}

/** Returns the pattern that takes every path of another one, which comes later. */
export function shadowOf(pattern: string, before: readonly string[]): string | undefined {
  return before.find((other) => covers(other, pattern));
}

/**
 * True if a pattern matches every path of another one. A parameter stands for any segment, so the matcher itself is
 * asked with segments that no pattern has; a `*` for none, one or many of them.
 */
function covers(cover: string, pattern: string): boolean {
  const matches = (path: string): boolean => createRouteMatcher([cover])(path) === cover;
  const filled = pattern
    .split("/")
    .map((segment) => (segment.startsWith(":") ? ANY : segment))
    .join("/");
  if (!filled.endsWith("/*")) return matches(filled);
  const start = filled.slice(0, -2);
  const depth = cover.split("/").length;
  return (
    matches(start === "" ? "/" : start) &&
    Array.from({ length: depth + 1 }, (_, more) => `/${ANY}`.repeat(more + 1)).every((rest) =>
      matches(start + rest),
    )
  );
}

/** A segment that stands for any: no one writes it into a pattern. */
const ANY = "\u{0}any";
