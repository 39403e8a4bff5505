import { setTimeout as wait } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { createCollector, describeMetrics } from "@rumkit/server";
import { createMetricsClient } from "@rumkit/client";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../test/support/listen.ts";
import { scrape } from "../../test/support/scrape.ts";
import { createShop } from "./backend.ts";
import { catalog } from "./catalog.ts";
import { describeVisit } from "./visitors/describeVisit.ts";
import { playVisit } from "./visitors/playVisit.ts";
import { createRandom } from "./visitors/random.ts";

/** A mistake in the app's code moves the first two, what nothing catches the last: `receipts.test.ts`. */
const NEED_A_FAULT = [
  "conversions_without_amount_total",
  "refunds_without_amount_total",
  "app_exceptions_total",
];

test(
  "every metric of the backend that is described is in use: a few hundred visits move all of them",
  { timeout: 240_000 },
  async () => {
    const token = "the-token-of-the-printer";
    const collector = createCollector({ catalog, ingestTokens: [token] });
    onTestFinished(() => collector.stop());
    const app = new Hono();
    const origin = await listen(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
    const printer = createMetricsClient({ url: origin, token, closeTimeoutMs: 60_000 });
    const onPrinted = () => printer.increment("printer.pages");
    // Only the pauses between words are real: their rate needs a time.
    const pause = (milliseconds: number) => (milliseconds < 50 ? wait(1) : Promise.resolve());
    app.route("/", createShop({ collector, pause, onPrinted }));
    app.route("/", collector.app);
    const random = createRandom(1);
    const { signal } = new AbortController();
    for (let visit = 0; visit < 400; visit += 1) {
      // The page's own events are another test's: they would only take time here.
      const steps = describeVisit(random).filter(({ kind }) => kind === "request");
      await playVisit(steps, { origin, signal });
    }
    await printer.close();
    // The second question finds the words of the first in the cache.
    for (let question = 0; question < 2; question += 1)
      expect(await (await fetch(`${origin}/api/advice?search=salt`)).text()).toBe(
        "How about The Salt Roads of Ister? ",
      );
    const series = [...(await scrape(collector.app))];
    const backend = describeMetrics(catalog).filter(({ side }) => side === "backend");
    const unused = backend.filter(({ name, type }) => {
      const line = type === "histogram" ? `${name}_count` : name;
      const own = series.filter(([labelled]) => labelled.split("{")[0] === line);
      return type === "gauge" ? own.length === 0 : !own.some(([, value]) => value > 0);
    });
    expect(unused.map(({ name }) => name)).toEqual(NEED_A_FAULT);
  },
);
