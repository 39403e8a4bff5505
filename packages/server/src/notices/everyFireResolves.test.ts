/** Whatever happens, each receiver hears of each episode in order: its fire, once, and its resolve. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createNoticeBench,
  createService,
  type NoticeBench,
  type Service,
} from "../../../../test/support/notices/noticeBench.ts";
import type { SendOutcome } from "./receiver.ts";

const NAMES = ["A", "B", "C"] as const;
type Step =
  | { readonly kind: "toggle"; readonly name: (typeof NAMES)[number]; readonly route: string }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "restart" }
  | { readonly kind: "silence"; readonly name: string; readonly seconds: number }
  | { readonly kind: "answer"; readonly service: number; readonly answer: "ok" | "fail" | "busy" | "stall" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("toggle" as const),
      name: fc.constantFrom(...NAMES),
      route: fc.constantFrom("/1", "/2"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("pass" as const), seconds: fc.nat({ max: 120 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("silence" as const),
      name: fc.constantFrom(...NAMES),
      seconds: fc.integer({ min: 1, max: 300 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("answer" as const),
      service: fc.nat({ max: 1 }),
      answer: fc.constantFrom("ok", "fail", "busy", "stall"),
    }),
  },
);

const ANSWERS: Readonly<Record<string, () => SendOutcome | Promise<SendOutcome>>> = {
  ok: () => ({ kind: "delivered" }),
  fail: () => ({ kind: "retry", reason: "500" }),
  busy: () => ({ kind: "retry", reason: "429", afterMs: 20_000 }),
  stall: () => new Promise(() => {}),
};

/** Fires and resolves of each alert's episode, as a service has received them: `firing`, `firing resolved`. */
function tellings({ received }: Service): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { episodes } of received) {
    for (const text of episodes) {
      const [episode = "", state = ""] = text.split(" ");
      const of = found.get(episode) ?? [];
      if (of.at(-1) !== state) of.push(state);
      found.set(episode, of);
    }
  }
  return found;
}

async function play(bench: NoticeBench, services: readonly Service[], steps: readonly Step[]): Promise<void> {
  const firing = new Set<string>();
  for (const one of steps) {
    if (one.kind === "pass") await bench.pass(one.seconds * 1_000, 5_000);
    else if (one.kind === "restart") bench.restart();
    else if (one.kind === "answer") services[one.service]!.answer = ANSWERS[one.answer]!;
    else if (one.kind === "silence") {
      const endsAt = bench.now + one.seconds * 1_000;
      await bench.notices.silences.create({
        matchers: [`alertname=${one.name}`],
        by: "ada",
        why: "test",
        endsAt,
      });
    } else {
      const key = `${one.name} ${one.route}`;
      const isFiring = firing.delete(key);
      if (!isFiring) firing.add(key);
      bench.now += 1;
      await bench.take(bench[isFiring ? "resolve" : "fire"](one.name, { route: one.route }));
    }
  }
  for (const key of firing) {
    const [name = "", route = ""] = key.split(" ");
    bench.now += 1;
    await bench.take(bench.resolve(name, { route }));
  }
}

test.each<[what: string, groupBy: readonly string[]]>([
  ["each alert alone", ["..."]],
  ["alerts in groups", ["alertname"]],
  ["all alerts in one group", []],
])("%s", async (_what, groupBy) => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const services = [createService("first"), createService("second")];
      const bench = createNoticeBench({
        services,
        options: { routes: [{ receivers: ["first", "second"], groupBy, groupInterval: "10s" }] },
      });
      await play(bench, services, steps);
      // In the end everything works: a stalled attempt has ended with its process.
      for (const service of services) service.answer = ANSWERS["ok"]!;
      bench.restart();
      await bench.pass(3_600_000, 60_000);
      for (const service of services) {
        const { received } = service;
        expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
        for (const [episode, states] of tellings(service)) {
          expect(states, episode).toEqual(["firing", "resolved"]);
        }
        for (const { episode, status } of received.filter(({ status: now }) => now === "resolved")) {
          // The last notice of an episode is its only resolve.
          expect(
            received.filter((one) => one.episode === episode).findLastIndex((one) => one.status === status),
          ).toBe(received.filter((one) => one.episode === episode).length - 1);
        }
        expect(received.filter(({ status }) => status === "resolved")).toHaveLength(
          new Set(received.map(({ episode }) => episode)).size,
        );
      }
      expect(bench.notices.receivers().map(({ waiting, deadLetters }) => waiting + deadLetters)).toEqual([
        0, 0,
      ]);
    }),
    { numRuns: 60 },
  );
});
