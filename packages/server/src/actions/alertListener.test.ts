import { expect, test } from "vitest";
import { anAlert } from "../../../../test/support/alerts/anAlert.ts";
import { createAlertListener } from "./alertListener.ts";

const change = { kind: "firing", at: 1, alert: anAlert() } as const;

test.each([
  [
    "throws",
    () => {
      throw new Error("no pager");
    },
  ],
  ["rejects", () => Promise.reject(new Error("no pager"))],
])("a listener that %s is a warning, and nothing else", async (_what, onAlert) => {
  const warnings: string[] = [];
  const tell = createAlertListener(onAlert, (sentence) => void warnings.push(sentence));
  tell([change, change]);
  await expect
    .poll(() => warnings)
    .toEqual([
      "onAlert failed for ShopErrors (firing): Error: no pager",
      "onAlert failed for ShopErrors (firing): Error: no pager",
    ]);
});

test("a listener that hangs is called a hundred times at most", async () => {
  let calls = 0;
  const warnings: string[] = [];
  const ends: (() => void)[] = [];
  const hang = () => {
    calls += 1;
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  const tell = createAlertListener(hang, (sentence) => void warnings.push(sentence));
  tell(Array.from({ length: 150 }, () => change));
  expect([calls, warnings.length]).toEqual([100, 50]);
  for (const end of ends) end();
  await expect.poll(() => (tell([change]), calls)).toBeGreaterThan(100);
});
