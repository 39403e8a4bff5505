import { MAX_BATCH_BYTES, MAX_DETAILS, MAX_NAME } from "@rumkit/protocol";
import { afterEach, expect, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { limits } from "./limits.ts";

const page = recordSources();
afterEach(() => void vi.mocked(console.warn).mockClear());

test("the largest context beside the largest batch fits into a request, at three bytes a unit", async () => {
  const { metrics } = page.start([limits()], { app: "字".repeat(MAX_NAME), release: "字".repeat(MAX_NAME) });
  const key = (index: number): string => String(index).padEnd(MAX_NAME, "字");
  metrics.setContext(
    Object.fromEntries(Array.from({ length: MAX_DETAILS }, (_, index) => [key(index), "字".repeat(5_000)])),
  );
  for (let index = 0; index < 200; index += 1) metrics.trackAction("字".repeat(MAX_NAME - 4) + index);
  await page.events();
  const sizes = page.network.sent.map(({ body }) => new TextEncoder().encode(body).length);
  expect(Math.max(...sizes)).toBeGreaterThan(MAX_BATCH_BYTES / 2);
  expect(Math.max(...sizes)).toBeLessThan(MAX_BATCH_BYTES);
});

test("what is within the limits stays, without a word", async () => {
  const { metrics } = page.start([limits()]);
  const details = { ["k".repeat(MAX_NAME)]: "v", text: "x".repeat(1_000), zero: 0, no: false };
  metrics.trackAction("n".repeat(MAX_NAME), details);
  expect(await page.events("action")).toMatchObject([{ name: "n".repeat(MAX_NAME), details }]);
  expect(console.warn).not.toHaveBeenCalled();
});
