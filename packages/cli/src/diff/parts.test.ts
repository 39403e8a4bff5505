import { expect, test } from "vitest";
import { compareParts } from "./compareParts.ts";
import { readParts } from "./parts.ts";

const rules = (...windows: readonly string[]): string =>
  `# Generated\ngroups:\n  - name: shop\n    rules:\n${windows
    .map((window) => `      - alert: Burn\n        expr: errors${window} > 1\n`)
    .join(
      "",
    )}      - record: "job:a:rate5m"\n        expr: a\n  - name: shop_more\n    rules:\n      - alert: Down\n        expr: up == 0\n`;

const board = (panels: readonly object[]): string => JSON.stringify({ title: "shop: Business", panels });
const panel = (title: string, more: object = {}): object => ({ id: 1, title, gridPos: { x: 0 }, ...more });

test("rules of one name are compared together, and none takes in the head of the next group", () => {
  const before = readParts(new Map([["rules/shop.yaml", rules("5m", "1h")]]));
  expect([...before.rules.keys()]).toEqual(["alert Burn", "record job:a:rate5m", "alert Down"]);
  const compare = (text: string) =>
    compareParts(before, readParts(new Map([["rules/shop.yaml", text]]))).rules;
  expect(compare(rules("5m", "1h"))).toEqual({ added: [], removed: [], changed: [] });
  expect(compare(rules("5m", "2h"))).toEqual({ added: [], removed: [], changed: ["alert Burn"] });
  expect(compare(rules("2h", "1h"))).toEqual({ added: [], removed: [], changed: ["alert Burn"] });
  expect(compare(rules("5m"))).toEqual({ added: [], removed: [], changed: ["alert Burn"] });
  expect(compare(rules("5m", "1h").replace("shop_more", "shop_other"))).toEqual({
    added: [],
    removed: [],
    changed: [],
  });
});

test("panels are compared by what they show, in rows too, and not by their place", () => {
  const read = (panels: readonly object[]) => readParts(new Map([["dashboards/a.json", board(panels)]]));
  const before = read([panel("Orders", { expr: "a" }), panel("Page views"), panel("Gone")]);
  const after = read([
    { type: "row", title: "More", panels: [panel("Page views", { id: 9, gridPos: { x: 12 } })] },
    panel("Orders", { expr: "b" }),
    panel("Fresh"),
  ]);
  expect(compareParts(before, after)).toEqual({
    boards: { added: [], removed: [], changed: ["shop: Business"] },
    panels: {
      added: ["shop: Business: Fresh"],
      removed: ["shop: Business: Gone"],
      changed: ["shop: Business: Orders"],
    },
    rules: { added: [], removed: [], changed: [] },
  });
});

test("resources of Grafana 13 are not read: they are the same boards", () => {
  const v2 = JSON.stringify({ kind: "Dashboard", spec: { title: "shop: Business" } });
  expect(readParts(new Map([["dashboards-v2/a.json", v2]])).boards.size).toBe(0);
});
