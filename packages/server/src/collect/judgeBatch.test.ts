import { events as pageEvents } from "@rumkit/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { judgeBatch } from "./judgeBatch.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createPageVocabulary } from "../pages/pageEvents.ts";

const catalog = {
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: { search: { help: "Searches." } },
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
  features: { dark_mode: { help: "Dark." } },
  endpoints: ["/api/:id"],
  funnels: { buy: ["page_view:/", "action:search"] },
};
const session = "f".repeat(32);
const batch = { v: 1, id: session, seq: 0, session, sentAt: 1 } as const;

const words = fc.constantFrom(
  "search",
  "wish",
  "dark_mode",
  "buy",
  "USD",
  "image",
  "third",
  "hard",
  "/api/7",
  "toString",
);
const value = fc.oneof(words, fc.jsonValue(), fc.double(), fc.nat(700), fc.string({ unit: "binary" }));
const fields = [
  "route",
  "count",
  "name",
  "value",
  "navigation",
  "experience",
  "part",
  "party",
  "element",
  "source",
];
const more = [
  "step",
  "amount",
  "currency",
  "details",
  "method",
  "status",
  "failure",
  "dns",
  "load",
  "bytes",
  "message",
];
const event = fc
  .tuple(
    fc.constantFrom(...Object.keys(pageEvents)),
    fc.dictionary(fc.constantFrom(...fields, ...more), value),
  )
  .map(([type, said]) => ({ ...said, type }));

test("whatever events say, each is counted or refused, and what is counted can be recorded", () => {
  const translate = createPageVocabulary(catalog);
  const recorder = createRecorder(describeMetrics(catalog));
  fc.assert(
    fc.property(fc.array(event), fc.double({ min: 0.0001, max: 1, noNaN: true }), (events, rate) => {
      const verdict = judgeBatch({ ...batch, rate, events }, translate, { sheds: () => false }, false);
      for (const sample of verdict.samples) recorder.record(sample);
      expect(verdict.accepted + verdict.rejected.length).toBeGreaterThanOrEqual(events.length);
    }),
    { numRuns: 500 },
  );
  for (const { descriptor, series } of recorder.families) {
    // One more than the bound: what takes everything past it.
    expect(series.size, descriptor.name).toBeLessThanOrEqual(descriptor.maxSeries + 1);
  }
});
