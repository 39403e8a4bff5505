import fc from "fast-check";
import { expect, test } from "vitest";
import { createRateLimit } from "./rateLimit.ts";

test("a sender has its burst at once, and then its rate for ever", () => {
  const limit = createRateLimit({ perAddress: { perSecond: 10, burst: 5 }, perApp: false });
  const take = (now: number) => limit.take("192.0.2.1", now) === 0;
  expect(Array.from({ length: 8 }, () => take(0)).filter(Boolean)).toHaveLength(5);
  expect(take(99)).toBe(false);
  expect(take(100)).toBe(true);
  expect(take(100)).toBe(false);
  expect(Array.from({ length: 20 }, () => take(10_000)).filter(Boolean)).toHaveLength(5);
});

test("it says when to come back, and is there then", () => {
  const limit = createRateLimit({ perAddress: { perSecond: 2, burst: 1 }, perApp: false });
  limit.take("192.0.2.1", 0);
  expect(limit.take("192.0.2.1", 0)).toBe(0.5);
  expect(limit.take("192.0.2.1", 500)).toBe(0);
});

test("one sender does not take another's, and all together take the app's", () => {
  const limit = createRateLimit({
    perAddress: { perSecond: 1, burst: 1 },
    perApp: { perSecond: 1, burst: 3 },
  });
  const taken = Array.from({ length: 5 }, (_, index) => limit.take(`192.0.2.${index}`, 0) === 0);
  expect(taken).toEqual([true, true, true, false, false]);
});

test("addresses of the machine itself, and requests without one, have the app's limit only", () => {
  const limit = createRateLimit({
    perAddress: { perSecond: 1, burst: 1 },
    perApp: { perSecond: 1, burst: 9 },
  });
  const senders = ["127.0.0.1", "127.0.0.1", "0:0:0:0::/64", "0:0:0:0::/64", undefined, undefined];
  expect(senders.map((sender) => limit.take(sender, 0))).toEqual([0, 0, 0, 0, 0, 0]);
});

test("a million senders take no more memory than twenty thousand", () => {
  const limit = createRateLimit({ perApp: false });
  const grow = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) limit.take(`2001:db8:${index.toString(16)}::/64`, index);
    return process.memoryUsage().heapUsed;
  };
  const before = grow(0, 50_000);
  expect(grow(50_000, 500_000) - before).toBeLessThan(30 * 1024 * 1024);
});

test("whenever it is asked, no more passes than burst and rate allow, also when the clock goes back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 200 }), { maxLength: 200 }), (steps) => {
      const limit = createRateLimit({ perAddress: { perSecond: 10, burst: 5 }, perApp: false });
      let now = 1_000_000;
      let latest = now;
      let passed = 0;
      for (const step of steps) {
        now += step;
        latest = Math.max(latest, now);
        const wait = limit.take("a", now);
        if (wait === 0) passed += 1;
        else expect(wait).toBeLessThanOrEqual(1);
      }
      expect(passed).toBeLessThanOrEqual(5 + (latest - 1_000_000) / 100 + 1);
    }),
  );
});
