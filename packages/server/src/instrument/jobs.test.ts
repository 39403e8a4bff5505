import { setTimeout as wait } from "node:timers/promises";
import { defineCatalog } from "@rumkit/protocol";
import { beforeEach, describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { changes, type Scrape, scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  jobs: {
    invoice: { help: "Invoices sent.", buckets: [0.01, 100] },
    report: { help: "Reports made.", buckets: [100, 600] },
  },
});

let collector: Collector<typeof catalog>;
let before: Scrape;
beforeEach(async () => {
  collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => collector.stop());
  before = await scrape(collector.app);
});

/** The outcomes of the invoices: `[accepted, in flight, done, error]`. */
async function invoices(): Promise<number[]> {
  const counted = changes(before, await scrape(collector.app), /^job/);
  return [
    'jobs_accepted_total{job_name="invoice"}',
    'jobs_in_flight{job_name="invoice"}',
    'job_duration_seconds_count{job_name="invoice",outcome="done"}',
    'job_duration_seconds_count{job_name="invoice",outcome="error"}',
  ].map((series) => counted[series] ?? 0);
}

describe("a function that is wrapped", () => {
  test("is done when it returns, and an error when it throws", async () => {
    const send = collector.trackJob("invoice", (fail: boolean) => {
      if (fail) throw new TypeError("broken");
      return "sent";
    });
    expect(send(false)).toBe("sent");
    expect(() => send(true)).toThrow(TypeError);
    expect(await invoices()).toEqual([2, 0, 1, 1]);
  });

  test("is in flight until its promise settles", async () => {
    const mayEnd = Promise.withResolvers<void>();
    const send = collector.trackJob("invoice", async (fail: boolean) => {
      await mayEnd.promise;
      if (fail) throw new Error("broken");
    });
    const both = Promise.allSettled([send(false), send(true)]);
    expect(await invoices()).toEqual([2, 2, 0, 0]);
    mayEnd.resolve();
    expect((await both).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await invoices()).toEqual([2, 0, 1, 1]);
  });

  test("takes as long as it takes, in the buckets of all jobs together", async () => {
    await collector.timed("invoice", () => wait(30));
    const counted = changes(before, await scrape(collector.app), /^job_duration_seconds_bucket/);
    expect(counted).toEqual({
      'job_duration_seconds_bucket{job_name="invoice",outcome="done",le="100"}': 1,
      'job_duration_seconds_bucket{job_name="invoice",outcome="done",le="600"}': 1,
      'job_duration_seconds_bucket{job_name="invoice",outcome="done",le="+Inf"}': 1,
    });
  });

  test("keeps this, arguments, types, name and the number of its arguments", () => {
    function send(this: { tax: number }, price: number, count = 1): number {
      return price * count * this.tax;
    }
    const tracked = collector.trackJob("invoice", send);
    expectTypeOf(tracked).toEqualTypeOf(send);
    expect(tracked.call({ tax: 2 }, 10, 3)).toBe(60);
    expect([tracked.name, tracked.length]).toEqual(["send", 1]);
  });

  test("an unhandled rejection stays unhandled: the copy is the one that is handed out", async () => {
    const failed = collector.trackJob("invoice", () => Promise.reject(new Error("broken")))();
    await expect(failed).rejects.toThrow("broken");
    expect(await invoices()).toEqual([1, 0, 0, 1]);
  });

  test("a job that the catalog does not have is done uncounted, and the fault is counted", async () => {
    const send = collector.trackJob("invoices" as "invoice", () => "sent");
    expect(send()).toBe("sent");
    expect(changes(before, await scrape(collector.app), /^(job|rum_tracked)/)).toEqual({
      'rum_tracked_events_rejected_total{reason="unknown_name"}': 1,
    });
  });
});

describe("a generator", () => {
  test("begins with its first step and ends with its last", async () => {
    const lines = collector.trackJob("invoice", function* (count: number): Generator<number, string> {
      for (let line = 0; line < count; line += 1) yield line;
      return "end";
    });
    const generator = lines(2);
    expect(await invoices()).toEqual([1, 0, 0, 0]);
    expect(generator.next()).toEqual({ done: false, value: 0 });
    expect(await invoices()).toEqual([1, 1, 0, 0]);
    expect([...generator]).toEqual([1]);
    expect(await invoices()).toEqual([1, 0, 1, 0]);
    expect(generator).toBeInstanceOf(lines);
  });

  test("is done when its reader stops, and an error when it or its reader throws", async () => {
    const count = collector.trackJob("invoice", function* () {
      yield 1;
      yield 2;
    });
    const [first] = count();
    expect(first).toBe(1);
    const second = count();
    second.next();
    expect(() => second.throw(new Error("enough"))).toThrow("enough");
    expect(await invoices()).toEqual([2, 0, 1, 1]);
  });

  test("may be asynchronous", async () => {
    const pages = collector.trackJob("invoice", async function* (fail: boolean) {
      await wait(1);
      yield "a";
      if (fail) throw new Error("broken");
      yield "b";
    });
    const read = async (fail: boolean): Promise<string[]> => {
      const all: string[] = [];
      for await (const page of pages(fail)) all.push(page);
      return all;
    };
    expect(await read(false)).toEqual(["a", "b"]);
    await expect(read(true)).rejects.toThrow("broken");
    expect(await invoices()).toEqual([2, 0, 1, 1]);
  });
});

test("a method is a job by a decorator, whatever compiled it: its two arguments are the standard's", async () => {
  const price = (amount: number): number => amount * 2;
  const context = { kind: "method", name: "price" } as ClassMethodDecoratorContext;
  expect(collector.tracked("invoice")(price, context).call(undefined, 3)).toBe(6);
  expect(await invoices()).toEqual([1, 0, 1, 0]);
});
