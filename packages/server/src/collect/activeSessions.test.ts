import fc from "fast-check";
import { expect, test } from "vitest";
import { createActiveSessions } from "./activeSessions.ts";

const MINUTE = 60_000;

/** Sessions with a clock that is set by hand, and what was reported as lost. */
function watch() {
  const watched = { now: 1_800_000_000_000, lost: [] as number[], rated: [] as [string, number][] };
  const sessions = createActiveSessions(() => watched.now, {
    onLost: (batches) => watched.lost.push(batches),
    onRated: (experience, times) => watched.rated.push([experience, times]),
  });
  /** The lost batches that are reported once all sessions have been silent for long enough. */
  const lostAtTheEnd = (): number[] => {
    watched.now += 5 * MINUTE;
    sessions.count();
    return watched.lost;
  };
  return { watched, sessions, lostAtTheEnd };
}

test("a session is active for five minutes after its last batch", () => {
  const { watched, sessions } = watch();
  sessions.see("a", 0);
  sessions.see("b", 0);
  watched.now += 4 * MINUTE;
  sessions.see("b", 1);
  expect(sessions.count()).toBe(2);
  watched.now += MINUTE;
  expect(sessions.count()).toBe(1);
});

test("the active sessions are those of the last five minutes, in whatever order batches come", () => {
  const step = fc.record({ session: fc.constantFrom("a", "b", "c", "d", "e"), minutes: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { watched, sessions } = watch();
      const lastBatch = new Map<string, number>();
      for (const { session, minutes } of steps) {
        watched.now += minutes * MINUTE;
        sessions.see(session, 0);
        lastBatch.set(session, watched.now);
        const active = [...lastBatch.values()].filter((at) => at > watched.now - 5 * MINUTE);
        expect(sessions.count()).toBe(active.length);
      }
    }),
  );
});

test("a session of a sampled page stands for those that do not report, until it falls silent", () => {
  const { watched, sessions } = watch();
  for (const session of ["1", "2", "3"]) sessions.see(session, 0, 0.3);
  sessions.see("3", 1, 0.3);
  sessions.see("4", 0);
  expect(sessions.count()).toBe(11);
  // A page that changes its mind is counted by its last word.
  sessions.see("1", 1);
  expect(sessions.count()).toBe(9);
  watched.now += 5 * MINUTE;
  expect(sessions.count()).toBe(0);
});

test("gaps in a session's numbers are lost batches, told when it falls silent", () => {
  const { watched, sessions, lostAtTheEnd } = watch();
  for (const seq of [0, 1, 4, 6]) sessions.see("a", seq);
  sessions.see("b", 0);
  expect(watched.lost).toEqual([]);
  expect(lostAtTheEnd()).toEqual([3]);
});

test("a batch that comes late is not lost", () => {
  const { sessions, lostAtTheEnd } = watch();
  for (const seq of [2, 0, 3, 1]) sessions.see("a", seq);
  expect(lostAtTheEnd()).toEqual([]);
});

test("two batches with one number take no loss back", () => {
  const { sessions, lostAtTheEnd } = watch();
  for (const seq of [0, 0, 0, 0, 1]) sessions.see("a", seq);
  expect(lostAtTheEnd()).toEqual([]);
});

test("what a session sent before the collector heard of it is not lost", () => {
  const { sessions, lostAtTheEnd } = watch();
  for (const seq of [40, 41, 43]) sessions.see("a", seq);
  expect(lostAtTheEnd()).toEqual([1]);
});

test("a session that comes back after a silence begins anew", () => {
  const { watched, sessions, lostAtTheEnd } = watch();
  sessions.see("a", 0);
  watched.now += 20 * MINUTE;
  sessions.count();
  sessions.see("a", 1);
  expect(lostAtTheEnd()).toEqual([]);
});

test("a page that numbers as it likes is the reason for a thousand at most", () => {
  const { sessions, lostAtTheEnd } = watch();
  sessions.see("a", 0);
  sessions.see("a", Number.MAX_SAFE_INTEGER);
  expect(lostAtTheEnd()).toEqual([1_000]);
});

test("a hundred thousand sessions are watched, and the longest silent one is settled", () => {
  const { watched, sessions } = watch();
  sessions.see("first", 0);
  sessions.see("first", 2);
  for (let index = 0; index < 100_000; index += 1) sessions.see(String(index), 0);
  expect(watched.lost).toEqual([1]);
  expect(sessions.count()).toBe(100_000);
});

test("a session counts once for each rating that it reaches, from good to poor", () => {
  const { watched, sessions } = watch();
  sessions.see("a", 0, 1, "good");
  sessions.see("a", 1, 1, "good");
  sessions.see("a", 2, 1, "poor");
  sessions.see("a", 3, 1, "needs_improvement");
  sessions.see("b", 0, 0.25, "needs_improvement");
  sessions.see("c", 0);
  expect(watched.rated).toEqual([
    ["good", 1],
    ["poor", 1],
    ["needs_improvement", 4],
  ]);
});
