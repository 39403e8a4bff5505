import type { LiveDelta, LiveEvent, LiveSnapshot } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { board } from "../../test/shownPage.tsx";
import { applyFrame, emptyState, MAX_POINTS, MAX_TAIL } from "./liveState.ts";

const figure = {
  name: "f",
  title: "F",
  help: "F.",
  group: "business",
  unit: "count",
  decimals: 0,
  windowSeconds: 60,
  merge: "sum",
  query: "",
} as const;
function snapshot(parts: Partial<LiveSnapshot> = {}): LiveSnapshot {
  return {
    kind: "snapshot",
    id: "1-1",
    at: 0,
    app: "shop",
    figures: [figure],
    numbers: [],
    board,
    points: [],
    totals: [],
    tail: [],
    ...parts,
  };
}

function delta(parts: Partial<LiveDelta> = {}): LiveDelta {
  return { kind: "delta", id: "1-2", at: 0, numbers: [], points: [], totals: [], tail: [], ...parts };
}

const point = (second: number, value: number | null = second) => ({ second, values: [value] });

const event = (name: string): LiveEvent => ({
  at: 0,
  source: "page",
  type: "action",
  name,
  count: 1,
  details: {},
});

test("a snapshot replaces the whole state", () => {
  const before = applyFrame(
    emptyState,
    snapshot({ points: [point(1)], totals: [{ metric: "a", labels: {}, value: 1 }], tail: [event("old")] }),
  );
  const after = applyFrame(before, snapshot({ app: "other", points: [point(9)], tail: [event("new")] }));

  expect(after.app).toBe("other");
  expect(after.points).toEqual([point(9)]);
  expect(after.totals.size).toBe(0);
  expect(after.tail.map((entry) => entry.event.name)).toEqual(["new"]);
});

test("a figure that was shown stays when the collector starts again without a value for it", () => {
  const hidden = { ...figure, hideWhileEmpty: true };
  const before = applyFrame(emptyState, snapshot({ figures: [hidden], points: [point(1, 5)] }));
  const after = applyFrame(before, snapshot({ id: "2-1", figures: [hidden], points: [point(9, 0)] }));
  expect(after.figures.map(({ hideWhileEmpty }) => hideWhileEmpty)).toEqual([false]);
  expect(after.points).toEqual([point(1, 5), point(9, 0)]);
  const other = applyFrame(before, snapshot({ app: "other", figures: [hidden] }));
  expect(other.figures).toEqual([hidden]);
});

test("a delta before the first snapshot is ignored: its values have no figures", () => {
  expect(applyFrame(emptyState, delta({ points: [point(1)] }))).toBe(emptyState);
});

test("a point of a known second replaces it, a new one is appended, a late one is inserted", () => {
  const state = applyFrame(emptyState, snapshot({ points: [point(10), point(12)] }));
  const after = applyFrame(state, delta({ points: [point(12, 99), point(13), point(11), point(10, null)] }));
  expect(after.points).toEqual([point(10, null), point(11), point(12, 99), point(13)]);
});

test("the last fifteen minutes of points are kept", () => {
  const points = Array.from({ length: MAX_POINTS }, (_, second) => point(second));
  const state = applyFrame(emptyState, snapshot({ points }));
  const after = applyFrame(state, delta({ points: [point(MAX_POINTS)] }));
  expect(after.points).toHaveLength(MAX_POINTS);
  expect(after.points[0]).toEqual(point(1));
  expect(after.points.at(-1)).toEqual(point(MAX_POINTS));
});

test("a total replaces the one with the same metric and labels, whatever the order of the labels", () => {
  const state = applyFrame(
    emptyState,
    snapshot({
      totals: [
        { metric: "clicks", labels: { a: "1", b: "2" }, value: 5 },
        { metric: "clicks", labels: { a: "1" }, value: 7 },
      ],
    }),
  );
  const after = applyFrame(
    state,
    delta({ totals: [{ metric: "clicks", labels: { b: "2", a: "1" }, value: 6 }] }),
  );
  expect([...after.totals.values()].map((total) => total.value)).toEqual([6, 7]);
});

test("labels that look the same when joined are different series", () => {
  const state = applyFrame(
    emptyState,
    snapshot({
      totals: [
        { metric: "m", labels: { a: '1","b":"2' }, value: 1 },
        { metric: "m", labels: { a: "1", b: "2" }, value: 2 },
      ],
    }),
  );
  expect(state.totals.size).toBe(2);
});

test("the tail is newest first and bounded", () => {
  const state = applyFrame(emptyState, snapshot({ tail: [event("first"), event("second")] }));
  expect(state.tail.map((entry) => entry.event.name)).toEqual(["second", "first"]);

  const many = Array.from({ length: MAX_TAIL + 30 }, (_, index) => event(`event ${index}`));
  const after = applyFrame(state, delta({ tail: many }));
  expect(after.tail).toHaveLength(MAX_TAIL);
  expect(after.tail[0]?.event.name).toBe(`event ${MAX_TAIL + 29}`);
});

test("serials stay unique across a snapshot, so equal events stay separate rows", () => {
  const state = applyFrame(emptyState, snapshot({ tail: [event("same"), event("same")] }));
  const after = applyFrame(state, snapshot({ tail: [event("same")] }));
  const serials = [...state.tail, ...after.tail].map((entry) => entry.serial);
  expect(new Set(serials).size).toBe(3);
});

test("parts that a frame does not change keep their identity and are not redrawn", () => {
  const state = applyFrame(emptyState, snapshot({ points: [point(1)], tail: [event("one")] }));
  const after = applyFrame(state, delta({ tail: [event("two")] }));
  expect(after.points).toBe(state.points);
  expect(after.totals).toBe(state.totals);
});

test("numbers and changed parts of the board replace the ones before", () => {
  const state = applyFrame(emptyState, snapshot({ numbers: [1] }));
  const after = applyFrame(
    state,
    delta({ numbers: [2], board: { releases: [{ release: "2", at: 1, source: "page" }] } }),
  );
  expect(after.numbers).toEqual([2]);
  expect(after.board).toEqual({ ...board, releases: [{ release: "2", at: 1, source: "page" }] });
  expect(applyFrame(after, delta({ numbers: [3] })).board).toBe(after.board);
});
