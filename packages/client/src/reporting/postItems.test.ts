/** One try, against a server that answers as the test says. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { postItems, type PostOutcome } from "./postItems.ts";

async function post(answer: RequestListener, token?: string): Promise<PostOutcome> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/ingest`);
  return postItems({ url, token }, { key: "k1", body: '{"items":[]}' }, new AbortController().signal);
}

const reply =
  (status: number, body = "", headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);

test("a try has the key, the token and the bytes", async () => {
  let seen: unknown;
  await post((request, response) => {
    const { authorization, "content-type": type, "idempotency-key": key } = request.headers;
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      seen = [request.method, request.url, type, key, authorization, body];
      response.writeHead(202).end("{}");
    });
  }, "secret");
  expect(seen).toEqual(["POST", "/ingest", "application/json", '"k1"', "Bearer secret", '{"items":[]}']);
});

test.each([200, 202, 204])("%i is a delivery, whatever its body says", async (status) => {
  expect(await post(reply(status, status === 204 ? "" : "not JSON"))).toEqual({
    kind: "delivered",
    rejected: [],
  });
});

test("items that the collector could not count are reported; invalid entries are ignored", async () => {
  const rejected = [{ index: 1, code: "bad_item", message: "no" }, null, 7];
  expect(await post(reply(202, JSON.stringify({ rejected })))).toEqual({
    kind: "delivered",
    rejected: [rejected[0]],
  });
  expect(await post(reply(202, '{"rejected":"all"}'))).toEqual({ kind: "delivered", rejected: [] });
});

test.each([408, 425, 429, 500, 502, 503, 599])("%i is tried again", async (status) => {
  expect(await post(reply(status))).toEqual({
    kind: "retry",
    orderedMs: undefined,
    reason: `it answers ${status}`,
  });
});

test("a pause that the collector asks for is reported", async () => {
  expect(await post(reply(503, "", { "retry-after": "7" }))).toMatchObject({
    kind: "retry",
    orderedMs: 7_000,
  });
});

test.each([301, 307, 400, 401, 403, 404, 409, 413, 422])("%i is final", async (status) => {
  const answer = await post(reply(status, "x".repeat(1_000), { location: "/elsewhere" }));
  expect(answer.kind).toBe("refused");
  // For a warning, so its beginning is enough.
  expect((answer as { reason: string }).reason).toBe(`it answers ${status}: ${"x".repeat(300)}`);
});

test("a connection that breaks is tried again, with the reason", async () => {
  const answer = await post((request) => void request.socket.destroy());
  expect(answer).toMatchObject({ kind: "retry", orderedMs: undefined });
  expect((answer as { reason: string }).reason).not.toContain("fetch failed");
});

test("an answer without an end is read to a bound", async () => {
  const chunk = "x".repeat(65_536);
  const answer = await post((_request, response) => {
    response.writeHead(202);
    const write = (): void => {
      while (response.write(chunk));
    };
    response.on("drain", write);
    write();
  });
  expect(answer).toEqual({ kind: "delivered", rejected: [] });
});
