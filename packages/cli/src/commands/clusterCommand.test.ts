/** The command that moves partitions between aggregators, over a real nats-server. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openBroker } from "@rumkit/server";
import { type RunningNats, startNats } from "../../../../test/support/natsServer.ts";
import { main } from "./main.ts";

let nats: RunningNats;
let output = "";
beforeAll(async () => {
  nats = await startNats();
  vi.stubEnv("RUMKIT_BROKER", nats.url);
  for (const app of ["app", "idle", "shop"]) {
    const broker = await openBroker({ url: nats.url, app, allowUnsafe: true, log: { warn: () => {} } });
    await broker.close();
  }
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await nats.stop();
});

async function run(...argv: string[]): Promise<number> {
  output = "";
  const write = (text: unknown): boolean => {
    output += String(text);
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(write),
  );
  try {
    return await main(["cluster", ...argv]);
  } finally {
    for (const stream of streams) stream.mockRestore();
  }
}

test("assign spreads the partitions evenly, and few of them move when one is added", async () => {
  expect(await run("assign", "--aggregators", "2", "--app", "shop", "--wait", "0")).toBe(0);
  const before = output;
  expect(before).toBe(
    "aggregate-0: partitions 0, 2, 4, 6, 8, 10\naggregate-1: partitions 1, 3, 5, 7, 9, 11\n",
  );
  expect(await run("assign", "--aggregators", "3", "--app", "shop", "--wait", "0")).toBe(0);
  expect(output).toContain("aggregate-0: partitions 0, 2, 4, 6\naggregate-1: partitions 1, 3, 5, 7\n");
  expect(await run("show", "--app", "shop")).toBe(0);
  expect(output).toMatch(/^8 +free +moves to aggregate-2 +0 +0 +0$/m);
});

test("assign says which partitions have not moved, and ends with 1", async () => {
  expect(await run("assign", "--aggregators", "1", "--app", "idle", "--wait", "1")).toBe(1);
  expect(output).toContain("have not moved yet: 0 (aggregate-0)");
});

test.each([
  [["assign"], "--aggregators must be a whole number"],
  [["assign", "--aggregators", "13"], "--aggregators must be at most 12"],
  [["assign", "--aggregators", "1", "--name", "a.b"], "--name must be"],
  [["take-over"], "--lost is missing"],
  [["move"], "takes show, assign or take-over"],
  [["show", "now"], "takes no more arguments"],
])("%j is refused with its reason", async (argv, reason) => {
  expect(await run(...argv)).toBe(2);
  expect(output).toContain(reason);
});

test.each([["show"], ["assign", "--aggregators", "2"], ["take-over", "--lost", "aggregate-0"]])(
  "%s of an app that the log does not have creates nothing, and names those that it has",
  async (...argv) => {
    for (const _ of [1, 2]) {
      expect(await run(...argv, "--app", "shpo")).toBe(1);
      expect(output).toContain("The log does not have the app shpo. It has app, idle, shop.");
    }
  },
);

test("take-over of an aggregator that does not exist changes nothing", async () => {
  expect(await run("take-over", "--lost", "aggregate-9", "--app", "shop")).toBe(1);
  expect(output).toContain('No aggregator is called "aggregate-9"');
});
