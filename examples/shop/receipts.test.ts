import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** In a separate process: vitest would report an uncaught error as a failure of the test. */
function runShop(afterwards: string) {
  const program = `
    import { setTimeout } from "node:timers/promises";
    import { createCollector } from "@rumkit/server";
    import { createShop } from "./backend.ts";
    import { catalog } from "./catalog.ts";
    import { createReceipts, liveOnWithoutReceipts } from "./receipts.ts";
    liveOnWithoutReceipts((error) => {
      console.error(error);
      process.exit(1);
    });
    const collector = createCollector({ catalog });
    const shop = createShop({
      collector,
      pause: () => Promise.resolve(),
      sendReceipt: createReceipts(() => 0),
    });
    const order = { items: [{ id: "salt-roads", quantity: 1 }], paymentMethod: "card", currency: "USD" };
    const answer = await shop.request("/api/checkout", { method: "POST", body: JSON.stringify(order) });
    console.log("status", answer.status);
    const scrape = async () => (await collector.app.request("/metrics")).text();
    while (!/^app_exceptions_total.*MailRefused.* [1-9]/m.test(await scrape())) await setTimeout(10);
    console.log(await scrape());
    ${afterwards}
    process.exit(0);
  `;
  return spawnSync(
    process.execPath,
    [
      "--conditions=@rumkit/source",
      // What Node 22 says of its SQLite.
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "--eval",
      program,
    ],
    {
      encoding: "utf8",
      timeout: 50_000,
      cwd: import.meta.dirname,
    },
  );
}

test("a receipt that is refused, and not awaited, counts as an exception; the shop goes on", () => {
  const { stdout, stderr, status } = runShop("");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  expect(stdout).toContain("status 201");
  expect(stdout).toContain(
    'app_exceptions_total{exception_type="MailRefused",origin="unhandledRejection"} 1',
  );
  expect(stdout).toContain("orders_created_total");
});

test("any other exception that nothing caught ends it, and says why", () => {
  const { stderr, status } = runShop(
    'void Promise.reject(new RangeError("a mistake")); await new Promise(() => {});',
  );
  expect(stderr).toContain("RangeError: a mistake");
  expect(status).toBe(1);
});
