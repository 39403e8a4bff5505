import { expect, test } from "vitest";
import { createComparedValues, VALUE_STEP_SECONDS, VALUE_STEPS } from "./comparedValues.ts";
import type { Verdicts } from "./condition.ts";
import type { AlertRule } from "./rule.ts";

const STEP_MS = VALUE_STEP_SECONDS * 1000;
const WALL = 1_800_000_000_000;

const ruleOf = (by: readonly string[], side: "above" | "below" = "above"): AlertRule =>
  ({ condition: { by }, side, threshold: 10 }) as unknown as AlertRule;

const verdictsOf = (values: Readonly<Record<string, number>>): Verdicts =>
  new Map(
    Object.entries(values).map(([route, value]) => [
      route === "" ? "" : JSON.stringify([route]),
      { value, holds: value > 10, keeps: value > 10 },
    ]),
  );

const at = (ms: number) => ({ steady: ms, wall: WALL + ms });

test("a rule without groups has one line: the last value of each step, and gaps where none was compared", () => {
  const compared = createComparedValues();
  const rule = ruleOf([]);
  expect(compared.read(rule)).toMatchObject({ groups: 0, lines: [] });
  compared.record(rule, verdictsOf({ "": 1 }), at(0));
  compared.record(rule, verdictsOf({ "": 2 }), at(4_000));
  compared.record(rule, new Map(), at(STEP_MS));
  compared.record(rule, verdictsOf({ "": 12 }), at(3 * STEP_MS));
  const { at: read, groups, lines } = compared.read(rule);
  expect([read, groups]).toEqual([WALL + 3 * STEP_MS, 1]);
  expect(lines).toMatchObject([{ labels: {}, holds: true }]);
  expect(lines[0]!.values).toHaveLength(VALUE_STEPS);
  expect(lines[0]!.values.slice(-5)).toEqual([Number.NaN, 2, Number.NaN, Number.NaN, 12]);
});

test("values older than 15 minutes are forgotten, also while nothing is evaluated", () => {
  const compared = createComparedValues();
  const [rule, other] = [ruleOf([]), ruleOf([])];
  compared.record(rule, verdictsOf({ "": 1 }), at(0));
  compared.record(other, verdictsOf({ "": 5 }), at((VALUE_STEPS - 1) * STEP_MS));
  expect(compared.read(rule).lines[0]!.values[0]).toBe(1);
  compared.record(other, verdictsOf({ "": 5 }), at(VALUE_STEPS * STEP_MS));
  expect(compared.read(rule).lines).toEqual([]);
  compared.record(rule, verdictsOf({ "": 2 }), at(10 * VALUE_STEPS * STEP_MS));
  expect(compared.read(rule).lines[0]!.values.filter((value) => !Number.isNaN(value))).toEqual([2]);
});

test("each group has a line; those that hold are first, then the worst", () => {
  const compared = createComparedValues();
  const above = ruleOf(["route"]);
  compared.record(above, verdictsOf({ "/": 3, "/cart": 12, "/pay": 40, "/help": 9 }), at(0));
  const routesOf = (rule: AlertRule) => compared.read(rule).lines.map(({ labels }) => labels["route"]);
  expect(routesOf(above)).toEqual(["/pay", "/cart", "/help", "/"]);
  const below = ruleOf(["route"], "below");
  compared.record(below, verdictsOf({ "/": 3, "/cart": 1, "/pay": 2 }), at(0));
  expect(routesOf(below)).toEqual(["/cart", "/pay", "/"]);
});

test("20 groups are kept, and a worse one displaces the best, whatever their number", () => {
  const compared = createComparedValues();
  const rule = ruleOf(["route"]);
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`/${index}`, index / 100]));
  compared.record(rule, verdictsOf(many), at(0));
  const lines = () => compared.read(rule).lines;
  expect([compared.read(rule).groups, lines().length]).toEqual([500, 20]);
  expect(lines()[0]!.labels).toEqual({ route: "/499" });
  expect(lines().at(-1)!.labels).toEqual({ route: "/480" });
  compared.record(rule, verdictsOf({ ...many, "/new": 99 }), at(STEP_MS));
  expect(lines()).toHaveLength(20);
  expect(lines()[0]).toMatchObject({ labels: { route: "/new" }, holds: true });
  expect(lines().at(-1)!.labels).toEqual({ route: "/481" });
});
