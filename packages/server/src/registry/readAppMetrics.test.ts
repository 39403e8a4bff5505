import { Gauge, Registry } from "prom-client";
import { expect, test } from "vitest";
import { createAppMetricsReader } from "./readAppMetrics.ts";

test("a metric that hangs is left out in time, is not asked again meanwhile, and is back once it answers", async () => {
  const registry = new Registry();
  const failures: string[] = [];
  const read = createAppMetricsReader(registry, {
    taken: new Set(),
    onUnreadable: (metric, error) => failures.push(`${metric}: ${String(error)}`),
    readMs: 20,
  });
  let asked = 0;
  let answer = (): void => {};
  const collect = async (): Promise<void> => {
    asked += 1;
    if (asked === 1)
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
  };
  const registers = [registry];
  const hanging = new Gauge({ name: "hangs", help: "Own.", registers, collect });
  const fine = new Gauge({ name: "fine", help: "Own.", registers });
  for (const gauge of [hanging, fine]) gauge.set(1);
  const names = async (): Promise<string[]> => (await read()).map(({ name }) => name);

  expect(await names()).toEqual(["fine"]);
  expect(await names()).toEqual(["fine"]);
  expect(asked).toBe(1);
  expect(failures).toEqual(Array.from({ length: 2 }, () => "hangs: Error: it took longer than 0.02 s."));
  answer();
  expect(await names()).toEqual(["hangs", "fine"]);
  expect(await names()).toEqual(["hangs", "fine"]);
  expect(failures).toHaveLength(2);
});
