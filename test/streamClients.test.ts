/** The clients of `/metrics/stream`, as the documents show them, and an API of a language model that they watch. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { expect, onTestFinished, test, vi } from "vitest";
import { FIRST_JAVASCRIPT, FIRST_PYTHON } from "./support/llm/firstClients.ts";
import { openStreamClient, until } from "./support/streamClient.ts";

const catalog = defineCatalog({ app: "llm", routes: ["/"] });
const ENDPOINT = "/v1/chat/completions";

/** Server-sent events of what a generator yields. Its reader's leave ends the generator. */
function toEvents(answer: AsyncGenerator<object>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await answer.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(value)}\n\n`));
    },
    cancel: async () => void (await answer.return(undefined)),
  });
}

/** An API that answers in the form of OpenAI's, token by token; it fails in the middle of its answer if it is asked to. */
async function startApi() {
  const collector = createCollector({ catalog, runtimeMetrics: false, bots: "count" });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.post(ENDPOINT, async (c) => {
    const startedAt = performance.now();
    const { model, tokens, fails } = await c.req.json<{ model: string; tokens: number; fails?: boolean }>();
    const generate = async function* () {
      for (let token = 0; token < tokens; token += 1) {
        await wait(5);
        if (fails && token === 2) throw new Error("The model is gone.");
        yield { choices: [{ delta: { content: `token ${token}` } }] };
      }
    };
    const answer = collector.trackStream("chat", generate(), { route: ENDPOINT, model, startedAt });
    return c.body(toEvents(answer), 200, { "content-type": "text/event-stream" });
  });
  app.get("/v1/models", (c) => c.json({ data: [{ id: "small" }, { id: "large" }] }));
  app.route("/", collector.app);
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  collector.attachWebSocket(server);
  if (!server.listening) await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await collector.stop();
  });
  const { port } = server.address() as AddressInfo;
  const complete = (body: object, signal?: AbortSignal) =>
    fetch(`http://127.0.0.1:${port}${ENDPOINT}`, {
      method: "POST",
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  const url = `ws://127.0.0.1:${port}/metrics/stream`;
  return { collector, port, url, complete };
}

test("an API of a language model is watched: streams, first tokens, tokens a second, by model and endpoint", async () => {
  const { url, complete } = await startApi();
  const board = await openStreamClient(url);
  const ofLarge = await openStreamClient(url);
  onTestFinished(() => [board, ofLarge].forEach(({ ws }) => ws.terminate()));
  board.send({ type: "subscribe", filters: { interval: 0.1 } });
  ofLarge.send({ type: "subscribe", filters: { model: "large", interval: 0.1 } });

  const leaving = new AbortController();
  const left = await complete({ model: "large", tokens: 1_000_000 }, leaving.signal);
  await left.body!.getReader().read();
  await until(async () => {
    const { data } = await ofLarge.next("metrics_update");
    expect(data.streaming).toMatchObject({ active_streams: 1 });
    expect(data.queue).toMatchObject({ queue_depth: null, active_streams: 1 });
  });
  leaving.abort();
  expect(await (await complete({ model: "small", tokens: 20 })).text()).toContain("token 19");
  await expect(
    complete({ model: "small", tokens: 20, fails: true }).then((answer) => answer.text()),
  ).rejects.toThrow();

  // The server says that its answer broke off.
  expect(vi.mocked(console.error).mock.calls.flat().map(String)).toEqual(["Error: The model is gone."]);
  vi.mocked(console.error).mockClear();

  await until(async () => {
    const { data } = await board.next("metrics_update");
    expect(data.streaming).toMatchObject({
      active_streams: 0,
      completed_streams: 1,
      failed_streams: 1,
      canceled_streams: 1,
      ttft: { p50: expect.any(Number) as number, p99: expect.any(Number) as number },
      tokens_per_second: { avg: expect.any(Number) as number },
    });
    expect(data.streaming!.ttft!.min).toBeGreaterThan(3);
    expect(data.throughput!.tokens_per_sec[ENDPOINT]).toBeGreaterThan(0);
    expect(data.throughput!.requests_per_sec[ENDPOINT]).toBeGreaterThan(0);
  });
  await until(async () => {
    const { data } = await ofLarge.next("metrics_update");
    expect(data.streaming).toMatchObject({ completed_streams: 0, failed_streams: 0, canceled_streams: 1 });
  });
});

/** Runs a program until it has printed what is expected. */
async function printed(command: string, args: readonly string[], expected: RegExp): Promise<void> {
  const modules = dirname(process.env["PYTHON_WEBSOCKETS_PATH"] ?? "");
  const child = spawn(command, args, { env: { ...process.env, PYTHONPATH: modules } });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
  await until(() => expect(output).toMatch(expected));
}

/** The first block of a language in docs/realtime.md, with the address of a collector that runs. */
function example(language: string, url: string): string {
  const text = readFileSync(join(import.meta.dirname, "../docs/realtime.md"), "utf8");
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))].map(
    ([, code]) => code!,
  );
  const code = blocks.find((block) => block.includes("/metrics/stream"))!;
  return code.replaceAll("ws://127.0.0.1:4000/metrics/stream", url);
}

test("the JavaScript client of the document, and that of the protocol's first description, work", async () => {
  const { url, port, complete } = await startApi();
  await (await complete({ model: "small", tokens: 3 })).text();
  await printed(process.execPath, ["-e", example("ts", url)], /Throughput: \{\n? *requests_per_sec/);
  const first = FIRST_JAVASCRIPT.replace("localhost:8000", `localhost:${port}`);
  await printed(process.execPath, ["-e", first], /Connected[^]*Throughput: \{[^]*Latency: \{/);
});

const isPythonThere = process.env["PYTHON_WEBSOCKETS_PATH"] !== undefined;

test.runIf(isPythonThere)("the Python client of the document, and the first one, work", async () => {
  const { url, port, complete } = await startApi();
  await (await complete({ model: "small", tokens: 3 })).text();
  await printed("python3", ["-u", "-c", example("python", url)], /Historical data: \{[^]*Throughput: \{/);
  const first = FIRST_PYTHON.replace("localhost:8000", `localhost:${port}`);
  await printed("python3", ["-u", "-c", first], /Historical data: \{[^]*Throughput: \{[^]*Latency: \{/);
});

const isWebsocatThere = (process.env["PATH"] ?? "")
  .split(delimiter)
  .some((folder) => existsSync(join(folder, "websocat")));

test.runIf(isWebsocatThere)("the line for websocat works", async () => {
  const { url } = await startApi();
  await printed("sh", ["-c", example("sh", url)], /"type":"metrics_update"/);
});

/** The block of a language in docs/realtime.md that reads server-sent events, with the address of a collector that runs. */
function eventsExample(language: string, port: number): string {
  const text = readFileSync(join(import.meta.dirname, "../docs/realtime.md"), "utf8");
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, "g"))];
  const code = blocks.map(([, block]) => block!).find((block) => block.includes("/realtime/metrics"))!;
  const origin = `http://127.0.0.1:${port}`;
  return code.replace('"/realtime', `"${origin}/realtime`).replace("http://127.0.0.1:4000", origin);
}

test("the clients of server-sent events in the document work", async () => {
  const shop = defineCatalog({
    app: "shop",
    routes: ["/"],
    conversions: { purchase: { help: "Orders.", from: "server" } },
  });
  const collector = createCollector({ catalog: shop, runtimeMetrics: false });
  const server = serve({ fetch: collector.app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
  if (!server.listening) await once(server, "listening");
  onTestFinished(async () => {
    await collector.stop();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  await collector.trackConversion("purchase");
  const source = ["--experimental-eventsource", "-e", eventsExample("ts", port)];
  await printed(process.execPath, source, /\[ 'page_views_per_second' \] \[ 0 \]/);
  if (existsSync("/usr/bin/python3"))
    await printed("/usr/bin/python3", ["-u", "-c", eventsExample("python", port)], /conversion purchase/);
  if (existsSync("/usr/bin/curl"))
    await printed(
      "/bin/sh",
      ["-c", `exec ${eventsExample("sh", port)}`],
      /event: snapshot\nid: [\da-f]+-\d+\ndata: \{/,
    );
});
