import { afterEach, describe, expect, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { JournalError, type JournalState } from "../journal/journal.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import type { Readiness } from "./readiness.ts";

const catalog = { app: "blog", routes: ["/"] } as const;

const well: JournalState = {
  pendingEntries: 3,
  waitingMs: 1.6,
  bytes: 1_000,
  logBytes: 0,
  freeBytes: 100_000_000,
  commits: 7,
  lastCommitMs: 1,
  failing: undefined,
};

let running: Collector<typeof catalog>;
function start(state?: Partial<JournalState>, limits = {}): Collector<typeof catalog> {
  const journal = { ...createMemoryJournal(), durable: true, state: () => ({ ...well, ...state }) };
  running = createCollector({
    catalog,
    runtimeMetrics: false,
    readiness: limits,
    ...(state && { journal }),
  });
  return running;
}
afterEach(() => running.stop());

async function ask({ app }: Collector<typeof catalog>): Promise<[number, Readiness]> {
  const response = await app.request("/readyz");
  return [response.status, (await response.json()) as Readiness];
}

describe("/readyz", () => {
  test("says how the journal, its disk and the series do", async () => {
    expect(await ask(start({}))).toEqual([
      200,
      {
        status: "ready",
        checks: {
          journal: { ok: true, durable: true, pendingEntries: 3, waitingMs: 2 },
          disk: { ok: true, freeBytes: 100_000_000 },
          series: { ok: true, used: expect.any(Number) as number, limit: expect.any(Number) as number },
        },
      },
    ]);
  });

  test("says by a metric what it says by its status", async () => {
    const ready = async (collector: Collector<typeof catalog>): Promise<[number, number | undefined]> => {
      const [status] = await ask(collector);
      return [status, (await scrape(collector.app)).get("rum_ready")];
    };
    expect(await ready(start({}))).toEqual([200, 1]);
    expect(await ready(start({ freeBytes: 1 }))).toEqual([503, 0]);
    const draining = start();
    draining.drain();
    expect(await ready(draining)).toEqual([503, 0]);
  });

  test("of a memory journal says that nothing is durable, and knows no disk", async () => {
    const [status, { checks }] = await ask(start());
    expect(status).toBe(200);
    expect(checks.journal).toEqual({ ok: true, durable: false, pendingEntries: 0, waitingMs: 0 });
    expect(checks).not.toHaveProperty("disk");
  });

  const failing = new JournalError("io_error", "/var/lib/secret/place: an error of the disk");
  test.each<[fault: string, state: Partial<JournalState>, limits: object, check: "journal" | "disk"]>([
    ["the journal fails", { failing }, {}, "journal"],
    ["an entry waits for longer than 5 s", { waitingMs: 5_001 }, {}, "journal"],
    ["an entry waits for longer than it may", { waitingMs: 11 }, { journalWaitMs: 10 }, "journal"],
    ["less than 64 MiB are left", { freeBytes: 67_108_863 }, {}, "disk"],
    ["less is left than the limit", { freeBytes: 9 }, { freeBytes: 10 }, "disk"],
  ])("is 503 when %s, and says no more than which check it is", async (_fault, state, limits, check) => {
    const [status, { status: word, checks }] = await ask(start(state, limits));
    expect([status, word, checks[check]?.ok]).toEqual([503, "not_ready", false]);
    expect(JSON.stringify(checks)).not.toContain("secret");
  });

  test("is 503 while it drains, and liveness is not", async () => {
    const collector = start({});
    collector.drain();
    const [status, { status: word }] = await ask(collector);
    expect([status, word]).toEqual([503, "draining"]);
    expect((await collector.app.request("/healthz")).status).toBe(200);
  });
});
