import fc from "fast-check";
import { defineCatalog } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createSeriesHistory } from "./seriesHistory.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
});
const money = { metric: "revenue_total", labels: { conversion: "purchase", currency: "USD" } };
const count = { metric: "conversions_total", labels: { conversion: "purchase" } };

/** Amounts of each second, in minor units. */
const seconds = fc.array(fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { maxLength: 3 }), {
  maxLength: 200,
});

test("what a counter grew by in any window is exact, to the last count and cent", () => {
  fc.assert(
    fc.property(seconds, fc.integer({ min: 1, max: 60 }), fc.nat({ max: 3 }), (amounts, window, before) => {
      const recorder = createRecorder(describeMetrics(catalog));
      const families = recorder.families.filter(({ descriptor }) =>
        [money.metric, count.metric].includes(descriptor.name),
      );
      // Of an earlier start: this one did not grow by it.
      if (before > 0) for (const each of [money, count]) recorder.record({ ...each, value: before });
      let time = 1_800_000_000_000;
      const history = createSeriesHistory(families, () => time);
      for (const second of amounts) {
        for (const amount of second) {
          recorder.record({ ...money, value: amount });
          recorder.record({ ...count, value: 1 });
        }
        time += 1_000;
        history.tick();
      }
      const last = amounts.slice(-window).flat();
      const seriesOf = (metric: string) => [
        ...families.find(({ descriptor }) => descriptor.name === metric)!.series,
      ];
      const [counter] = seriesOf(count.metric);
      const revenue = seriesOf(money.metric).find(({ labels }) => labels["currency"] === "USD");
      expect(history.growth(counter!, history.newest, window)).toBe(last.length);
      const { newest } = history;
      expect(history.moneyAt(revenue!, newest) - history.moneyAt(revenue!, newest - window)).toBe(
        last.reduce((sum, amount) => sum + BigInt(amount), 0n),
      );
      expect(history.elapsed(newest, window)).toBe(Math.min(window, amounts.length));
    }),
    { numRuns: 50 },
  );
});
