import { createServer } from "node:http";
import { expect, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { follow, type Shown } from "./follow.ts";

/** A connection that a proxy holds open after the collector is gone says nothing, and does not end. */
test("a connection that falls silent is left, and the next one continues it", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers["last-event-id"] as string | undefined);
    const event = { at: asked.length, source: "page", type: "action", name: "a", count: 1, details: {} };
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`id: 1-${asked.length}\ndata: ${JSON.stringify({ tail: [event] })}\n\n`);
  }).listen(0, "127.0.0.1");
  const root = await listen(server);
  const ended = new AbortController();
  const shown: Shown[] = [];
  let losses = 0;
  await follow({
    source: { root, livePath: "/realtime", query: new URLSearchParams(), token: "" },
    signal: ended.signal,
    show: async (line) => {
      shown.push(line);
      if (shown.length === 2) ended.abort();
    },
    onLost: () => (losses += 1),
    delayMs: 1,
    silenceMs: 20,
  });
  expect(asked).toEqual([undefined, "1-1"]);
  expect(losses).toBe(1);
  expect(shown).toHaveLength(2);
});
