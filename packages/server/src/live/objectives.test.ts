import type { LiveRelease } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createObjectiveStates, type MeasuredObjective, type Observed } from "./objectives.ts";

const release = (name: string, at: number): LiveRelease => ({ release: name, at, source: "page" });

/** The states of one objective whose observations are set by hand. */
function watch(objective: Pick<MeasuredObjective, "target" | "goodIf">) {
  const watched: { observed: Observed; releases: LiveRelease[] } = {
    observed: { counted: 0, all: 0 },
    releases: [],
  };
  const states = createObjectiveStates([
    { name: "sound", title: "Requests that failed", observe: () => watched.observed, ...objective },
  ]);
  return {
    watched,
    see: (at: number, counted: number, all: number) => {
      watched.observed = { counted, all };
      return states.at(Math.floor(at / 1000), at, watched.releases)[0]!;
    },
  };
}

test("an objective is missed from the moment on at which its share crosses the target, until it is met again", () => {
  const { see } = watch({ target: 0.1, goodIf: "below" });
  expect(see(1_000, 9, 100)).toMatchObject({ value: 0.09, target: 0.1, observations: 100 });
  expect(see(1_000, 9, 100).missed).toBeUndefined();
  expect(see(2_000, 10, 100).missed).toEqual({ since: 2_000 });
  expect(see(60_000, 50, 100).missed).toEqual({ since: 2_000 });
  expect(see(61_000, 1, 100).missed).toBeUndefined();
  expect(see(62_000, 11, 100).missed).toEqual({ since: 62_000 });
});

test("a share that must be high is missed below its target", () => {
  const { see } = watch({ target: 0.75, goodIf: "at_least" });
  expect(see(1_000, 75, 100).missed).toBeUndefined();
  expect(see(2_000, 74, 100).missed).toEqual({ since: 2_000 });
});

test("a few observations prove nothing, neither good nor bad; none at all end a miss", () => {
  const { see } = watch({ target: 0.1, goodIf: "below" });
  expect(see(1_000, 19, 19)).toMatchObject({ value: null, observations: 19 });
  expect(see(1_000, 19, 19).missed).toBeUndefined();
  see(2_000, 20, 20);
  expect(see(3_000, 0, 5)).toMatchObject({ value: null, missed: { since: 2_000 } });
  expect(see(4_000, 0, 0).missed).toBeUndefined();
});

test("a few bad observations prove nothing, however strict the target is", () => {
  const { see } = watch({ target: 0.01, goodIf: "below" });
  expect(see(1_000, 4, 100)).toMatchObject({ value: 0.04 });
  expect(see(1_000, 4, 100).missed).toBeUndefined();
  expect(see(2_000, 5, 100).missed).toEqual({ since: 2_000 });
});

test("a miss names the last release of the hour before it, and how long after it began", () => {
  const { watched, see } = watch({ target: 0.1, goodIf: "below" });
  const start = 10_000_000;
  watched.releases = [release("1.4.0", start - 4_000_000), release("1.4.1", start - 40_000)];
  expect(see(start, 50, 100).missed).toEqual({ since: start, release: "1.4.1", secondsAfterRelease: 40 });
  // A release that comes later did not cause it.
  watched.releases = [...watched.releases, release("1.4.2", start + 1_000)];
  expect(see(start + 5_000, 50, 100).missed?.release).toBe("1.4.1");

  const old = watch({ target: 0.1, goodIf: "below" });
  old.watched.releases = [release("1.4.0", start - 4_000_000)];
  expect(old.see(start, 50, 100).missed).toEqual({ since: start });
});
