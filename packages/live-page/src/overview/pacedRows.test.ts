import { expect, test } from "vitest";
import type { TailEntry } from "../stream/liveState.ts";
import { noRows, type PacedRows, showNext, takeIn } from "./pacedRows.ts";

const entry = (serial: number): TailEntry => ({
  serial,
  event: { at: 0, source: "page", type: "action", name: `a${serial}`, count: 1, details: {} },
});

/** The tail after so many events, newest first. */
const tail = (count: number): TailEntry[] =>
  Array.from({ length: count }, (_, serial) => entry(serial)).toReversed();

const shown = ({ rows }: PacedRows): (number | string)[] =>
  rows.map((row) => ("entry" in row ? row.entry.serial : `+${row.more}`));

test("few events are shown one after the other, none is left out", () => {
  let state = takeIn(noRows, tail(3));
  for (let turn = 0; turn < 4; turn += 1) state = showNext(state);
  expect(shown(state)).toEqual([2, 1, 0]);
});

test("of many, the newest is shown, with the number of the others", () => {
  const state = showNext(takeIn(noRows, tail(45)));
  expect(shown(state)).toEqual([44, "+44"]);
  expect(state.waiting).toEqual([]);
});

test("every event is a row or in a number, however they come", () => {
  let state = noRows;
  let count = 0;
  for (const burst of [1, 0, 30, 2, 50, 7, 0, 0, 0, 0, 3, 12, 0, 0, 0, 0]) {
    count += burst;
    state = showNext(takeIn(state, tail(count)));
  }
  const sum = state.rows.reduce((total, row) => total + ("entry" in row ? 1 : row.more), 0);
  expect(sum + state.waiting.length).toBe(count);
});

test("an event that was taken in comes no second time", () => {
  const state = takeIn(takeIn(noRows, tail(2)), tail(2));
  expect(state.waiting.map(({ serial }) => serial)).toEqual([0, 1]);
});
