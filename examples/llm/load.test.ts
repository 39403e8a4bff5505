import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { expect, onTestFinished, test } from "vitest";
import { expectSoon } from "../../test/support/expectSoon.ts";
import { openLlm } from "../../test/support/llm/openLlm.ts";
import { createLoad } from "./load.ts";

test("what simulated clients saw is what is counted: statuses, and streams by their end", async () => {
  const { world, counted } = openLlm({
    faultRate: 0.1,
    slots: 3,
    places: 4,
    pause: async (_milliseconds, signal) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (signal.aborted) throw new DOMException("The client left.", "AbortError");
    },
  });
  const server = serve({ fetch: world.app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  if (!server.listening) await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const load = createLoad({ origin: `http://127.0.0.1:${port}`, seed: 4, clients: 6, thinkMs: 5 });
  const { ledger } = load;
  const rare = ["429", "500"];
  await expectSoon(() => rare.filter((status) => (ledger.statuses[status] ?? 0) === 0)).toEqual([]);
  await expectSoon(() => Math.min(...Object.values(ledger.streams))).toBeGreaterThan(2);
  await load.finish();
  expect(ledger.lost).toBe(0);
  await expectSoon(() => world.busy()).toBe(0);

  const metrics = await counted();
  const sum = (pattern: RegExp): number =>
    [...metrics].filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0);
  const statuses = Object.keys(ledger.statuses).map((status): [string, number] => [
    status,
    sum(new RegExp(`^http_requests_total.*status="${status}"`)),
  ]);
  expect(Object.fromEntries(statuses)).toEqual(ledger.statuses);
  expect(sum(/^stream_duration_seconds_count.*outcome="error"/)).toBe(ledger.streams.broken);
  expect(sum(/^stream_duration_seconds_count.*outcome="canceled"/)).toBeGreaterThanOrEqual(
    ledger.streams.left,
  );
  const tokens = sum(/^llm_tokens_total\{model="gpt.*kind="completion"/);
  expect(tokens).toBe(sum(/^stream_items_total/));
});
