import type { Catalog } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import { diffSnapshots, isEmpty } from "./diffSnapshots.ts";
import { renderMarkdown, renderText } from "./renderDifference.ts";
import { takeSnapshot } from "./snapshot.ts";

type Parts = Partial<Catalog>;

const base: Catalog = { app: "shop", routes: ["/", "/cart"] };

function compare(before: Parts, after: Parts) {
  const [old, now] = [before, after].map((parts) => takeSnapshot({ ...base, ...parts }, "catalog.ts"));
  return diffSnapshots(old!, now!);
}

const actions = (
  labels: Readonly<Record<string, readonly string[]>>,
  more: Parts["actions"] = {},
): Parts => ({
  actions: { add: { help: "Items put into the cart.", labels }, search: { help: "Searches." }, ...more },
});
const search = (name: string, buckets: readonly number[], unit: "seconds" | "bytes" = "seconds"): Parts => ({
  measurements: { [name]: { help: "Time until results are shown.", unit, buckets } },
});
const kinds = { category: ["books", "games"] };

describe("what breaks when a catalog changes", () => {
  test.each<[what: string, before: Parts, after: Parts, breaks: readonly string[]]>([
    ["nothing", actions(kinds), actions(kinds), []],
    ["a new action", actions({}), actions({}, { save: { help: "Saved." } }), []],
    ["a new metric", {}, search("search", [1, 2, 3]), []],
    ["a new route", {}, { routes: ["/", "/cart", "/new"] }, []],
    [
      "another help text",
      actions({}, { save: { help: "Saved." } }),
      actions({}, { save: { help: "Was saved." } }),
      [],
    ],
    [
      "an attribute that becomes a label",
      actions({}),
      actions(kinds),
      [
        'rum_actions_total{action="add"} splits by category, which a call must give now: "books", "games". It begins at 0.',
      ],
    ],
    [
      "an attribute that becomes a label where others have it",
      actions(kinds),
      actions(kinds, { search: { help: "Searches.", labels: kinds } }),
      [
        'rum_actions_total{action="search"} splits by category, which a call must give now: "books", "games". It begins at 0.',
      ],
    ],
    [
      "a label that becomes an attribute",
      actions(kinds),
      actions({}),
      [
        'rum_actions_total{action="add"} is one series without category, which is an attribute now. It begins at 0.',
      ],
    ],
    [
      "another label",
      actions(kinds),
      actions({ kind: ["a", "b"] }),
      [
        'rum_actions_total{action="add"} splits by kind, which a call must give now: "a", "b"; it is one series without category, which is an attribute now. It begins at 0.',
      ],
    ],
    [
      "a label value that is gone",
      actions({ category: ["books", "games", "music"] }),
      actions(kinds),
      ['rum_actions_total{category="music"} ends.'],
    ],
    [
      "an action that is gone",
      actions({}, { save: { help: "Saved." } }),
      actions({}),
      ['rum_actions_total{action="save"} ends, and events of that name are refused.'],
    ],
    [
      "an action with another name",
      actions({}, { save: { help: "Saved." } }),
      actions({}, { keep_for_later: { help: "Saved." } }),
      ['rum_actions_total{action="save"} is probably renamed to "keep_for_later", which begins at 0.'],
    ],
    [
      "an action that the backend reports now",
      actions({}, { save: { help: "Saved." } }),
      actions({}, { save: { help: "Saved.", from: "server" } }),
      ['rum_actions_total{action="save"} moves to actions_total, where it begins at 0.'],
    ],
    [
      "a conversion that pages report now",
      { conversions: { signup: { help: "Accounts.", from: "server" } } },
      { conversions: { signup: { help: "Accounts." } } },
      [
        "conversions_total is probably renamed to rum_conversions_total, which begins at 0. A query of both names continues it.",
        "conversions_without_amount_total is probably renamed to rum_conversions_without_amount_total, which begins at 0. A query of both names continues it.",
      ],
    ],
    [
      "a measurement with another name",
      search("search", [1, 2, 3]),
      search("find", [1, 2, 3]),
      [
        "rum_search_seconds is probably renamed to rum_find_seconds, which begins at 0. A query of both names continues it.",
      ],
    ],
    [
      "a measurement in another unit",
      search("search", [1, 2, 3]),
      search("search", [1, 2, 3], "bytes"),
      [
        "rum_search_seconds is probably renamed to rum_search_bytes, which begins at 0. A query of both names continues it.",
      ],
    ],
    [
      "a measurement that is gone",
      search("search", [1, 2, 3]),
      {},
      ["rum_search_seconds is gone: queries of it find nothing."],
    ],
    [
      "other edges",
      search("search", [1, 2, 3]),
      search("search", [1, 2, 4, 8]),
      [
        "rum_search_seconds gets the edges 4, 8 and loses the edges 3: percentiles over a time with both are wrong.",
      ],
    ],
    [
      "edges of one job, which all jobs get",
      { jobs: { send: { help: "Sent." } } },
      { jobs: { send: { help: "Sent." }, pay: { help: "Paid.", buckets: [0.07] } } },
      [expect.stringMatching(/^job_duration_seconds gets the edges 0\.07/) as string],
    ],
    [
      "a route that is gone, in each of its metrics",
      { routes: ["/", "/cart", "/about-us"] },
      {},
      [
        expect.stringMatching(
          /^rum_page_views_total\{route="\/about-us"\} ends\. Likewise in rum_visible_seconds, .* and \d+ more\.$/,
        ) as string,
      ],
    ],
    [
      "a gauge that becomes a counter",
      { ingested: { queue: { help: "Waiting.", type: "gauge" } } },
      { ingested: { queue: { help: "Waiting.", type: "counter" } } },
      ["queue is gone: queries of it find nothing."],
    ],
    [
      "a label on a measurement",
      { measurements: { pay: { help: "Paid.", unit: "seconds", buckets: [1, 2, 3] } } },
      {
        measurements: {
          pay: { help: "Paid.", unit: "seconds", buckets: [1, 2, 3], labels: { way: ["card", "cash"] } },
        },
      },
      ["rum_pay_seconds gets the label way: every series ends, and begins again at 0 under other labels."],
    ],
  ])("%s", (_what, before, after, breaks) => {
    expect(compare(before, after).breaks.map(({ text }) => text)).toEqual(breaks);
  });
});

describe("the report", () => {
  const before = {
    ...actions({}, { save: { help: "Saved." } }),
    objectives: { fast: { vital: "LCP", below: 2.5, ratio: 0.75 } as const },
  };
  const after = {
    ...actions(kinds, { a_: { help: "With `marks` | and <b>." } }),
    ...search("search", [1, 2, 3]),
    routes: ["/", "/cart", "/new"],
    objectives: {
      fast: { vital: "LCP", below: 4, ratio: 0.75 } as const,
      up: { http: { errorsBelow: 0.01 } },
    },
  };
  const difference = compare(before, after);

  test("names boards and rules that come, go or change", () => {
    expect(difference.parts?.rules).toEqual({
      added: expect.arrayContaining([expect.stringMatching(/^alert ShopUp/)]) as string[],
      removed: expect.not.arrayContaining([expect.stringMatching(/^alert/)]) as string[],
      changed: expect.arrayContaining([expect.stringMatching(/^alert ShopFast/)]) as string[],
    });
    expect(difference.parts?.boards.changed.length).toBeGreaterThan(0);
    expect(difference.parts?.panels.added.length).toBeGreaterThan(0);
  });

  test("names the cards of the live page that come, go or change", () => {
    const { parts } = compare(
      { ...actions({}), live: { cards: { adds: { rate: "action:add" }, gone: { rate: "action:search" } } } },
      { ...actions({}), live: { cards: { adds: { rate: "action:add", critical: 5 } } } },
    );
    expect(parts?.panels.changed).toEqual(["Live page: card adds"]);
    expect(parts?.panels.removed).toEqual(["Live page: card gone"]);
  });

  test("in text has totals, what breaks first, then metrics, values, boards and rules", () => {
    const text = renderText(difference);
    expect(text).toMatch(
      /^shop: 2 breaking changes, [\d,]+ series at most \(\+\d+\), [\d,]+ lines at most \(\+\d+\)\.\n\nBreaking: /,
    );
    expect(text.match(/^\S.*$/gm)!.slice(1)).toEqual([
      "Breaking: counters that begin again, split or end",
      "Metrics",
      "Label values",
      "Boards",
      "Rules",
    ]);
    expect(text).toContain("  + rum_search_seconds  histogram, 1 series, 6 lines at most\n");
    expect(text).toContain("  ~ rum_actions_total  3 → 4 series, label +category\n");
    expect(text).toMatch(/^ {2}~ route {2}\+"\/new" in \d+ metrics$/m);
    expect(text).toMatch(/^ {2}\+ alert ShopUp\w+$/m);
  });

  test("in Markdown shows what breaks, and folds the rest", () => {
    const text = renderMarkdown(difference);
    expect(text).toMatch(/^<!-- rumkit diff -->\n\n\*\*rumkit\*\*: shop: 2 breaking changes/);
    expect(text).toContain('- ⚠️ rum_actions_total{action="add"} splits by category');
    expect(text).toMatch(
      /<details><summary>Metrics \(\d+\)<\/summary>\n\n- ➕ `rum_search_seconds` histogram/,
    );
    expect(text).toContain('- ✏️ `route` +"/new" in');
  });

  test("stays below what GitHub takes as a comment", () => {
    const many = (start: string) => ({
      ingested: Object.fromEntries(
        Array.from({ length: 400 }, (_, index) => [
          `${start}${index}`,
          { help: `Thing ${index}.`, type: "gauge" as const },
        ]),
      ),
    });
    const text = renderMarkdown(compare(many("a"), many("zzzz")));
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain("- ✏️ and 300 more");
  });

  test("of the same catalog says that nothing changes", () => {
    const same = compare(after, after);
    expect(isEmpty(same)).toBe(true);
    expect(renderText(same)).toBe("No metric, board or rule changes.\n");
    expect(renderMarkdown(same)).toContain("no metric, board or rule changes");
  });

  test("of another app names both", () => {
    expect(renderText(compare({}, { app: "store" }))).toMatch(/^shop is store now: /);
  });
});
