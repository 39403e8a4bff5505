import { once as waitFor } from "node:events";
import { Agent, request } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../../test/support/freePort.ts";
import {
  type ServeProcess,
  type ServeProcessOptions,
  startServe,
} from "../../../../test/support/serveProcess.ts";
import { openStreamClient } from "../../../../test/support/streamClient.ts";
import { bindSocket, type BoundSocket } from "./heldSocket.ts";
import { heapFlags } from "./heapFlags.ts";

const ORIGIN = "https://blog.example";
const KEY = "pk_0123456789abcdef";
const TOKEN = "a-token-for-everything";
const SECRET = "a-secret-of-a-service";
const ANY_PORT = ["catalog.mjs", "--port", "0", "--allowed-origins", ORIGIN, "--journal", "memory"];

/** Sockets that dawdle at the same time. By hand: `SLOW_SOCKETS=4000`. */
const SLOW_SOCKETS = Number(process.env["SLOW_SOCKETS"] ?? 1_000);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-serve-"));
  const catalog = { app: "blog", routes: ["/"], actions: { step: { help: "Steps." } } };
  await writeFile(join(folder, "catalog.mjs"), `export const catalog = ${JSON.stringify(catalog)};`);
});
afterAll(() => rm(folder, { recursive: true }));

let running: ServeProcess | undefined;
afterEach(() => running?.end("SIGKILL"));

async function start(options: Partial<ServeProcessOptions> = {}): Promise<ServeProcess> {
  running = await startServe({ folder, args: ANY_PORT, ...options });
  return running;
}

let batches = 0;
function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const events = [{ type: "action", route: "/", name: "step" }];
  return JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events });
}

interface Reply {
  readonly status: number;
  readonly connection: string | undefined;
}

/** One batch over a connection of the agent. Rejects with the system's error. */
function send(origin: string, agent: Agent, path = "/collect"): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${origin}${path}`,
      { method: "POST", agent, headers: { origin: ORIGIN } },
      (answer) => {
        answer
          .once("error", reject)
          .once("end", () =>
            resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection }),
          );
        answer.resume();
      },
    );
    sent.once("error", reject).end(batch());
  });
}

const once = (origin: string, path?: string) => send(origin, new Agent(), path);

async function steps(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  return Number(/^rum_actions_total\{action="step"\} (\d+)$/m.exec(text)?.[1]);
}

const statusOf = async (url: string, headers: Record<string, string> = {}) =>
  (await fetch(url, { headers })).status;

describe("rumkit serve", () => {
  test("on loopback without keys is open to the origins that it lists, and to no host", async () => {
    const { origin } = await start();
    expect(await once(origin)).toMatchObject({ status: 202 });
    const own = await fetch(`${origin}/collect`, { method: "POST", body: batch(), headers: { origin } });
    expect(own.status).toBe(403);
    expect(await steps(origin)).toBe(1);
    expect(await statusOf(`${origin}/readyz`)).toBe(200);
  });

  test("has the WebSocket of metrics, which a termination closes with 1001 in time", async () => {
    const serving = await start();
    const url = `${serving.origin.replace("http", "ws")}/metrics/stream`;
    const { next, closed } = await openStreamClient(url);
    expect((await next("historical_data")).data.throughput).toBeDefined();
    expect(await serving.end()).toBe(0);
    expect(await closed).toBe(1001);
  });

  test("has its live page at another path, and never logs the token of a link to it", async () => {
    const { origin, output, end } = await start({
      args: [...ANY_PORT, "--access-log", "1000", "--live-path", "/rumkit/live", "--api-path", "/rumkit/api"],
      env: { RUMKIT_WRITE_KEYS: `page=${KEY}`, RUMKIT_LIVE_TOKEN: TOKEN },
    });
    const root = await fetch(origin, { redirect: "manual" });
    expect([root.status, root.headers.get("location")]).toEqual([302, "rumkit/live"]);
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    const made = await fetch(`${origin}/rumkit/api/share`, { method: "POST", ...bearer(TOKEN) });
    const { token, url } = (await made.json()) as { token: string; url: string };
    expect(new URL(url, made.url).href).toBe(`${origin}/rumkit/live#token=${token}`);
    expect((await fetch(`${origin}/rumkit/live/errors`, bearer(token))).status).toBe(200);
    // In each place where a request can have it.
    for (const path of [`/${token}`, `/rumkit/live/errors?token=${token}`, `/rumkit/live/${token}?${token}`])
      await fetch(`${origin}${path}`, { headers: { "x-request-id": token, referer: `${origin}/${token}` } });
    for (const forged of [`${token}x`, token]) await fetch(`${origin}/metrics`, bearer(forged));
    expect(await end()).toBe(0);
    expect(output().match(/"kind":"access"/g)!.length).toBeGreaterThanOrEqual(7);
    for (const part of [token, token.slice(-20), TOKEN]) expect(output()).not.toContain(part);
  });

  test("has no WebSocket where it is switched off", async () => {
    const { origin } = await start({ args: [...ANY_PORT, "--no-metrics-stream"] });
    await expect(openStreamClient(`${origin.replace("http", "ws")}/metrics/stream`)).rejects.toThrow("404");
  });

  test("on loopback without keys is read by no name but loopback's and those that are allowed", async () => {
    const { origin } = await start({ args: [...ANY_PORT, "--allowed-hosts", "rum.example"] });
    const port = Number(new URL(origin).port);
    const readAs = async (host: string, path: string): Promise<number> => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      request({ port, path, headers: { host: `${host}:${port}` } }, (answer) => {
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      })
        .once("error", reject)
        .end();
      return promise;
    };
    for (const path of ["/metrics", "/realtime/metrics", "/api/rumkit/errors", "/api/rumkit/cardinality"]) {
      expect([path, await readAs("evil.example", path)]).toEqual([path, 403]);
      for (const host of ["localhost", "127.0.0.1", "[::1]", "host.docker.internal", "rum.example"]) {
        expect([path, host, await readAs(host, path)]).toEqual([path, host, 200]);
      }
    }
    expect(await readAs("evil.example", "/readyz")).toBe(200);
  });

  test("says what it refuses in one sentence, and started only once it listens", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await waitFor(blocker, "listening");
    const { port } = blocker.address() as AddressInfo;
    const cases: [options: Partial<ServeProcessOptions>, sentence: string][] = [
      [
        { args: [...ANY_PORT, "--port", String(port)] },
        `Port ${port} is already in use. Try --port ${port + 1}.`,
      ],
      [{ args: [...ANY_PORT, "--supervise", "--port", String(port)] }, `Port ${port} is already in use.`],
      [
        { args: ["catalog.mjs", "--allowed-origins", "localhost:5173"] },
        "Did you mean http://localhost:5173?",
      ],
      [{ env: { RUMKIT_LIVE_TOKEN: "short" } }, 'The secret "liveToken" has 5 characters.'],
      [{ env: { RUMKIT_LIVE_TOKEN: TOKEN } }, "or --open collect for local work."],
    ];
    for (const [options, sentence] of cases) {
      const output = await startServe({ folder, args: ANY_PORT, ...options }).then(
        ({ end }) => end("SIGKILL"),
        ({ message }: Error) => message,
      );
      expect(output).toContain(sentence);
      expect(output).toMatch(/^\[rumkit\] /m);
      expect(output).not.toMatch(/Collector started|\n {4}at /);
    }
    blocker.close();
  });

  test("keeps what it counted in a journal, and writes what happens as lines of JSON", async () => {
    const args = [...ANY_PORT, "--journal", "kept.journal"];
    const first = await start({ args });
    expect(await once(first.origin)).toMatchObject({ status: 200 });
    expect(await first.end("SIGKILL")).toBe("SIGKILL");
    const second = await start({ args });
    expect(await steps(second.origin)).toBe(1);
    expect(await second.end()).toBe(0);
    const lines = second
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"));
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds).toEqual(["start", "drain", "stop"]);
  });

  test("does not wait for a journal that another process has open", async () => {
    const args = [...ANY_PORT, "--journal", "held.journal"];
    const first = await start({ args });
    expect(await startServe({ folder, args }).catch(String)).toContain("held.journal");
    expect(await startServe({ folder, args: [...args, "--check"] }).catch(String)).toMatch(
      /held\.journal +command line/,
    );
    expect(await first.end()).toBe(0);
  });

  test("asks for keys and tokens once it has some, and listens beyond loopback with all of them", async () => {
    const env = { RUMKIT_WRITE_KEYS: `web=${KEY}`, RUMKIT_ADMIN_TOKEN: TOKEN, RUMKIT_HOST: "0.0.0.0" };
    const { origin } = await start({ env });
    const local = origin.replace("0.0.0.0", "127.0.0.1");
    expect(await once(local)).toMatchObject({ status: 401 });
    expect(await once(local, `/collect?key=${KEY}`)).toMatchObject({ status: 202 });
    expect(await statusOf(`${local}/metrics`)).toBe(401);
    expect(await statusOf(`${local}/metrics`, { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await statusOf(`${local}/realtime/metrics`)).toBe(401);
  });

  test("limits rates and series, refuses names and keeps source maps as configured", async () => {
    const env = {
      RUMKIT_WRITE_KEYS: `web=${KEY}`,
      RUMKIT_SECRET_KEYS: `billing=${SECRET}`,
      RUMKIT_ADMIN_TOKEN: TOKEN,
      RUMKIT_UNKNOWN_NAMES: "refuse",
    };
    const rates = ["--rate-per-address", "1", "--burst-per-address", "1", "--trusted-proxies", "127.0.0.1"];
    const series = ["--series-per-metric", "70", "--series-per-side", "700", "--series-per-process", "30000"];
    const { origin } = await start({
      env,
      args: [...ANY_PORT, ...rates, ...series, "--rate-per-app", "false", "--source-maps", "maps"],
    });

    const sendFrom = (address: string): Promise<Response> =>
      fetch(`${origin}/collect?key=${KEY}`, {
        method: "POST",
        headers: { origin: ORIGIN, "x-forwarded-for": address },
        body: batch(),
      });
    // At once: on a busy machine one after the other may take the second after which there is a token again.
    const answers = await Promise.all(["192.0.2.1", "192.0.2.1", "192.0.2.2"].map(sendFrom));
    const [first, second, other] = answers.map(({ status }) => status);
    expect(new Set([first, second])).toEqual(new Set([202, 429]));
    expect(other).toBe(202);

    const ingested = await fetch(`${origin}/ingest`, {
      method: "POST",
      headers: { authorization: `Bearer ${SECRET}` },
      body: '{ "name": "a", "value": 1 }',
    });
    expect(await ingested.json()).toMatchObject({ accepted: 0, rejected: [{ code: "unknown_name" }] });

    const headers = { authorization: `Bearer ${TOKEN}` };
    const cardinality = await (await fetch(`${origin}/api/rumkit/cardinality`, { headers })).json();
    expect(cardinality).toMatchObject({ limit: 30_000, sides: { page: { limit: 700 } } });
    const { metrics } = cardinality as { metrics: { limit: number }[] };
    expect(metrics.some(({ limit }) => limit === 70)).toBe(true);

    const url = `${origin}/api/rumkit/sourcemaps/1.0.0/app.js.map`;
    const body = JSON.stringify({ version: 3, sources: [], mappings: "" });
    expect(await fetch(url, { method: "PUT", headers, body })).toMatchObject({ status: 201 });
    expect(await readdir(folder)).toContain("maps");
  });

  test("reads secrets from files, and shows no text that its patterns and keys name", async () => {
    await writeFile(join(folder, "admin-token"), `${TOKEN}\n`);
    await writeFile(
      join(folder, "private.json"),
      '{ "scrubPatterns": ["customer-[a-z]+"], "open": ["collect"] }',
    );
    const { origin } = await start({
      env: { RUMKIT_ADMIN_TOKEN_FILE: join(folder, "admin-token") },
      args: [...ANY_PORT, "--config", "private.json", "--scrub-keys", "nickname", "--bots", "count"],
    });
    const error = {
      type: "error",
      route: "/",
      name: "Error",
      message: "customer-smith is gone",
      source: "uncaught",
      details: { nickname: "smithy" },
    };
    const body = JSON.stringify({ ...(JSON.parse(batch()) as object), events: [error] });
    const sent = await fetch(`${origin}/collect`, { method: "POST", body, headers: { origin: ORIGIN } });
    expect(await sent.json()).toEqual({ accepted: 1 });
    const headers = { authorization: `Bearer ${TOKEN}` };
    const groups = await (await fetch(`${origin}/api/rumkit/errors`, { headers })).text();
    expect(groups).toContain("[scrubbed] is gone");
    expect(groups).not.toContain("smith");
  });

  test("leads from / to the live page, with the state in the query", async () => {
    const { origin } = await start({ args: ANY_PORT });
    const root = await fetch(`${origin}/?view=errors`, { redirect: "manual" });
    expect([root.status, root.headers.get("location")]).toEqual([302, "realtime?view=errors"]);
    const page = await fetch(`${origin}/`);
    expect([page.status, page.url]).toEqual([200, `${origin}/realtime`]);
    expect(await page.text()).toContain('<div id="root">');
    for (const [method, path] of [
      ["POST", "/"],
      ["GET", "/other"],
      ["GET", "//evil.example"],
    ] as const)
      expect((await fetch(origin + path, { method, redirect: "manual" })).status, path).toBe(404);
  });

  test("writes a line for a request where it is asked to: by its pattern, and nothing of who sent it", async () => {
    const { origin, says, output, end } = await start({ args: [...ANY_PORT, "--access-log", "5"] });
    const traceparent = `00-${"a1".repeat(16)}-${"b2".repeat(8)}-00`;
    const headers = { traceparent, "x-request-id": "req-1", "user-agent": "somebody/1" };
    await fetch(`${origin}/healthz?token=hidden`, { headers });
    await says(/"kind":"access"/);
    await fetch(`${origin}/realtime/assets/hidden.js`, {
      headers: { "x-request-id": "hidden@mail.example" },
    });
    await fetch(`${origin}/hidden/path`);
    await once(origin, "/collect?key=hidden");
    // At once, and so many that a busy machine, too, is asked for more than five a second.
    await Promise.all(Array.from({ length: 100 }, () => once(origin)));
    expect(await end()).toBe(0);

    const lines = output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const access = lines.filter(({ kind }) => kind === "access");
    expect(access[0]).toEqual({
      level: "info",
      time: expect.any(String) as string,
      kind: "access",
      method: "GET",
      route: "/healthz",
      status: 200,
      seconds: expect.any(Number) as number,
      bytes: expect.any(Number) as number,
      traceId: "a1".repeat(16),
      requestId: "req-1",
      msg: "A request was answered.",
    });
    expect(access.slice(1, 4).map(({ method, route, status }) => [method, route, status])).toEqual([
      ["GET", "/realtime/assets/:file", 404],
      ["GET", "unmatched", 404],
      ["POST", "/collect", 202],
    ]);
    expect(output()).not.toMatch(/hidden|somebody|127\.0\.0\.1"/);
    const seconds = access.map(({ seconds: taken }) => taken as number);
    expect(Math.min(...seconds)).toBeGreaterThan(0);
    expect(access[0]?.["bytes"]).toBeGreaterThan(20);

    // 104 requests, of which 100 came at once: those without a line are counted.
    const suppressed = lines.filter(({ kind }) => kind === "access_suppressed");
    const untold = suppressed.reduce((sum, line) => sum + (line["suppressed"] as number), 0);
    expect(access.length + untold).toBe(104);
    expect(untold).toBeGreaterThan(0);
    expect(lines.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["start", "drain", "stop"]));
  });

  test("does not start with a catalog that may need more series than there may be", async () => {
    const args = ["catalog.mjs", "--port", "0", "--series-per-process", "50"];
    expect(await start({ args }).catch(String)).toMatch(/The metrics have up to \d+ series; 50 at most/);
  });

  test.each<[what: string, args: string[], message: string]>([
    ["beyond loopback without keys", ["--host", "0.0.0.0"], "0.0.0.0 can be reached from other machines."],
    ["with an invalid origin", ["--allowed-origins", "blog.example"], "Write scheme, host and port"],
    ["without a catalog", ["--catalog", "nowhere.mjs"], "nowhere.mjs does not exist"],
  ])("%s says what to set and ends with 1", async (_what, args, message) => {
    const named = args.includes("--catalog") ? args : ["catalog.mjs", ...args];
    const error = await start({ args: ["--port", "0", ...named] }).catch(String);
    expect(error).toContain(message);
    expect(error).not.toContain("    at file");
  });
});

describe("a head or a body that dawdles", () => {
  test(`${SLOW_SOCKETS} at once are cut, while all others are answered`, async () => {
    const { origin } = await start();
    const { hostname, port } = new URL(origin);
    const head = `POST /collect HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\n`;
    const dawdle = async (index: number): Promise<void> => {
      const socket = connect(Number(port), hostname);
      const isBody = index % 2 === 0;
      socket.write(isBody ? `${head}Content-Length: 60000\r\n\r\n` : head);
      const clock = setInterval(() => void socket.write(isBody ? " " : "x"), 1_000);
      await endOf(socket);
      clearInterval(clock);
    };
    const slow = Promise.all(Array.from({ length: SLOW_SOCKETS }, (_, index) => dawdle(index)));
    const agent = new Agent({ keepAlive: true });
    let honest = 0;
    while (!(await Promise.race([slow.then(() => true), wait(20, false)]))) {
      expect((await send(origin, agent)).status).toBe(202);
      honest += 1;
    }
    agent.destroy();
    await slow;
    expect(honest).toBeGreaterThan(3);
  });

  test("one client that dawdles on twice as many connections as there are keeps no other out", async () => {
    const most = SLOW_SOCKETS / 2;
    const { origin } = await start({ args: [...ANY_PORT, "--max-connections", String(most)] });
    const { port } = new URL(origin);
    const open = new Set<Socket>();
    const dawdlers: NodeJS.Timeout[] = [];
    let isOver = false;
    // Its bodies come a byte a second; what is closed is opened again.
    const dawdle = async (): Promise<void> => {
      const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress: "127.0.0.2" });
      open.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          open.delete(socket);
          if (!isOver) dawdlers.push(setTimeout(() => void dawdle(), 100));
        });
      socket.write(`POST /collect HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nContent-Length: 60000\r\n\r\n`);
      dawdlers.push(setInterval(() => void socket.write(" "), 1_000));
      socket.resume();
      await waitFor(socket, "connect").catch(() => {});
    };
    onTestFinished(() => {
      isOver = true;
      for (const timer of dawdlers) clearTimeout(timer);
      for (const socket of open) socket.destroy();
    });
    await Promise.all(Array.from({ length: SLOW_SOCKETS }, dawdle));
    for (let index = 0; index < 30; index += 1) expect(await once(origin)).toMatchObject({ status: 202 });
    expect(await steps(origin)).toBe(30);
  });
});

function endOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", () => resolve()).on("error", () => {});
    socket.resume();
  });
}

test.each(["SIGUSR2", "SIGQUIT"] as const)("%s ends it in order, as SIGTERM does", async (signal) => {
  const { end } = await start();
  expect(await end(signal)).toBe(0);
});

describe("SIGTERM", () => {
  /** Milliseconds that a connection may rest while the server ends: `LAME_DUCK_MS` of `drain.ts`. */
  const RESTS_MS = 500;

  /** The head of a batch; the server's `100 Continue` says that it waits for the body. */
  const beginning = (length: number): string =>
    `POST /collect HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;

  test("under load: what was sent is answered, no connection is reset, and it ends with 0", async () => {
    const { origin, end } = await start();
    const faults: string[] = [];
    const replies: Reply[] = [];
    const over = new AbortController();
    /** Visitors who were kept from going on for as long as the server waits for a connection that rests. */
    let late = 0;
    const visitor = async (): Promise<void> => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let repliedAt = performance.now();
      while (!over.signal.aborted) {
        const isLate = performance.now() - repliedAt > RESTS_MS;
        try {
          replies.push(await send(origin, agent));
          repliedAt = performance.now();
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          if (isLate) late += 1;
          // The port is closed: that request was never sent.
          if (code === "ECONNREFUSED" || isLate) break;
          faults.push(code ?? message);
        }
        await wait(10 + 30 * Math.random());
      }
      agent.destroy();
    };
    const visitors = Promise.all(Array.from({ length: 16 }, visitor));
    // Every visitor has its connection.
    await expect.poll(() => replies.length).toBeGreaterThan(16 * 4);
    const before = replies.length;
    expect(await end()).toBe(0);
    over.abort();
    await visitors;
    expect(faults).toEqual([]);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([202]));
    expect(replies.length - before).toBeGreaterThanOrEqual(16 - late);
    // Once for every connection; a busy machine may accept a new one before it stops listening.
    const closed = replies.slice(before).filter(({ connection }) => connection === "close");
    expect(closed.length).toBeGreaterThanOrEqual(16 - late);
  });

  test("while new connections keep coming: none is reset but what came with the end itself", async () => {
    const { origin, end } = await start({ args: [...ANY_PORT, "--rate-per-app", "false"] });
    const faults: string[] = [];
    let answered = 0;
    const visitor = async (): Promise<void> => {
      for (;;) {
        try {
          expect((await once(origin)).status).toBe(202);
          answered += 1;
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException;
          // The port is closed: that request was never sent.
          if (code === "ECONNREFUSED") return;
          faults.push(code ?? message);
        }
        await wait(2 * Math.random());
      }
    };
    const visitors = Promise.all(Array.from({ length: 24 }, visitor));
    await expect.poll(() => answered).toBeGreaterThan(24);
    expect(await end()).toBe(0);
    await visitors;
    // Between the last look at the queue and the end of the socket the kernel takes what comes: usually one or nothing,
    // and more while the process waits for a processor. A server that closes at once resets nearly all visitors.
    expect(faults.length, String(faults)).toBeLessThan(12);
  });

  test("answers a body that is on its way with 503 once the end has come, and waits no longer", async () => {
    const { origin, child, end } = await start({ args: [...ANY_PORT, "--drain-timeout-ms", "30000"] });
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    const body = batch();
    socket.write(beginning(body.length));
    let answer = "";
    socket.on("data", (chunk: Buffer) => void (answer += chunk.toString()));
    await expect.poll(() => answer).toContain("100 Continue");
    socket.write(body.slice(0, 9));
    const resting = connect(Number(port), hostname);
    const served = new Promise((resolve) => resting.once("data", resolve));
    resting.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    await served;
    const ended = end();
    // Connections that rest are closed when the collector stops, and no earlier.
    await endOf(resting);
    expect(child.exitCode).toBe(null);
    socket.write(body.slice(9));
    await endOf(socket);
    expect(answer).toMatch(/HTTP\/1\.1 503 [\s\S]*"draining"/);
    expect(await ended).toBe(0);
  });

  test("answers a body and a head that never come, and ends with 0 all the same", async () => {
    const { origin, output, end } = await start({ args: [...ANY_PORT, "--drain-timeout-ms", "6000"] });
    const { hostname, port } = new URL(origin);
    const begin = async (head: string): Promise<{ readonly answer: () => string }> => {
      const socket = connect(Number(port), hostname).on("error", () => {});
      let answer = "";
      socket.on("data", (chunk: Buffer) => void (answer += chunk.toString()));
      socket.write(head);
      await waitFor(socket, "connect");
      return { answer: () => answer };
    };
    const body = await begin(beginning(9));
    await expect.poll(body.answer).toContain("100 Continue");
    await begin("POST /collect HTT");
    expect(await end()).toBe(0);
    expect(body.answer()).toMatch(/HTTP\/1\.1 503 [\s\S]*"draining"/);
    expect(output()).not.toContain("Shutdown timed out");
  });

  test("a second time ends it at once", async () => {
    const { origin, child, end } = await start({ args: [...ANY_PORT, "--drain-delay-ms", "20000"] });
    child.kill("SIGTERM");
    while ((await statusOf(`${origin}/readyz`)) === 200) await wait(10);
    expect(await once(origin)).toMatchObject({ status: 202 });
    expect(await end()).toBe(143);
  });
});

/** A socket that is bound, as a service manager holds it, and its port. */
async function bound(
  address = "127.0.0.1",
): Promise<{ readonly socket: BoundSocket; readonly port: number }> {
  const port = await freePort();
  return { socket: bindSocket(address, port), port };
}

describe("a socket that is inherited", () => {
  /** As systemd does it: the variables name the process that gets the socket. */
  const asSystemd = (fds: number) => ["sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=${fds} exec "$@"`, "sh"];

  test("from systemd is listened on, and holds connections while no process does", async () => {
    const { socket, port } = await bound();
    const origin = `http://127.0.0.1:${port}`;
    const first = await start({ fd: socket.fd, by: asSystemd(1) });
    expect(first.origin).toBe(origin);
    expect(await once(origin)).toMatchObject({ status: 202 });
    expect(await first.end()).toBe(0);
    const waiting = once(origin);
    await wait(200);
    await start({ fd: socket.fd, by: asSystemd(1) });
    expect(await waiting).toMatchObject({ status: 202 });
  });

  test("is not taken by another process than the one that is meant", async () => {
    const { socket, port } = await bound();
    const { origin } = await start({ fd: socket.fd, env: { LISTEN_PID: "1", LISTEN_FDS: "1" } });
    expect(origin).not.toContain(String(port));
  });

  test("of several is refused, because the others would never answer", async () => {
    const { socket } = await bound();
    expect(await start({ fd: socket.fd, by: asSystemd(2) }).catch(String)).toContain("LISTEN_FDS is 2");
  });

  test("beyond loopback is refused without keys, before anybody is answered", async () => {
    const { socket } = await bound("0.0.0.0");
    const error = await start({ args: [...ANY_PORT, "--listen-fd", "3"], fd: socket.fd }).catch(String);
    expect(error).toContain("0.0.0.0 can be reached from other machines.");
  });
});

describe("rumkit serve --supervise", () => {
  const supervised = [...ANY_PORT, "--supervise"];

  /** Sends one batch after the other, each on a new connection, until it is stopped. */
  function keepSending(origin: string): () => Promise<{ sent: number; faults: string[] }> {
    const over = new AbortController();
    const faults: string[] = [];
    let sent = 0;
    const sender = async (): Promise<void> => {
      while (!over.signal.aborted) {
        sent += 1;
        await once(origin).then(
          ({ status }) => status === 200 || status === 202 || faults.push(String(status)),
          (error: NodeJS.ErrnoException) => faults.push(error.code ?? error.message),
        );
        await wait(10);
      }
    };
    const senders = Promise.all(Array.from({ length: 4 }, sender));
    return async () => {
      over.abort();
      await senders;
      return { sent, faults };
    };
  }

  /** A configuration whose check never ends by itself. */
  const SLOW_CHECK = `if (process.argv.includes("--check")) setInterval(() => {}, 1000), await new Promise(() => {});
    export default {};`;

  const readyWorker = /Worker (\d+) is ready/;

  test("SIGHUP replaces the worker: no connection is refused or reset, and every batch is counted once", async () => {
    const { origin, child, says, output, end } = await start({
      args: [...supervised, "--journal", "counts.journal"],
    });
    const [, first] = await says(readyWorker);
    const stop = keepSending(origin);
    await expect.poll(() => steps(origin)).toBeGreaterThan(25);
    const since = output().length;
    child.kill("SIGHUP");
    const [, second] = await says(readyWorker, since);
    const before = await steps(origin);
    await expect.poll(() => steps(origin)).toBeGreaterThan(before + 25);
    const { sent, faults } = await stop();
    expect(faults).toEqual([]);
    expect(sent).toBeGreaterThan(50);
    expect(await steps(origin)).toBe(sent);
    expect(second).not.toBe(first);
    expect(await end()).toBe(0);
  });

  test("SIGHUP with a configuration at fault leaves the worker alone", async () => {
    await writeFile(join(folder, "changing.json"), '{ "release": "1" }');
    const { origin, child, says, end } = await start({ args: [...supervised, "--config", "changing.json"] });
    await says(readyWorker);
    await writeFile(join(folder, "changing.json"), '{ "relaese": "2" }');
    child.kill("SIGHUP");
    await says(/Unknown setting relaese. Did you mean release\?[\s\S]*stays as it is/);
    expect(await once(origin)).toMatchObject({ status: 202 });
    expect(await end()).toBe(0);
  });

  test("the worker is started with a bounded heap", async () => {
    const { says, end } = await start({ args: supervised });
    const [, worker] = await says(readyWorker);
    const line = await readFile(`/proc/${worker}/cmdline`, "utf8");
    expect(line.split("\0").slice(1, 3)).toEqual(heapFlags([]));
    expect(await end()).toBe(0);
  });

  test("before Node.js 24.19 it says what it needs, and supervises a socket that it was given", async () => {
    const older = join(folder, "older.mjs");
    await writeFile(
      older,
      `import net from "node:net";
       import { syncBuiltinESMExports } from "node:module";
       delete net.BoundSocket;
       syncBuiltinESMExports();`,
    );
    const env = { NODE_OPTIONS: `--import=${pathToFileURL(older).href}` };
    expect(await start({ args: supervised, env }).catch(String)).toMatch(
      /takes Node\.js 24\.19 or newer \(this is \d+\.\d+\.\d+\)/,
    );
    const { socket } = await bound();
    const { origin, end } = await start({ args: [...supervised, "--listen-fd", "3"], fd: socket.fd, env });
    expect(await once(origin)).toMatchObject({ status: 202 });
    expect(await end()).toBe(0);
  });

  test("a worker that is killed comes back, and who connects meanwhile waits for it", async () => {
    const { origin, says, output, end } = await start({ args: [...supervised, "--restart-delay-ms", "300"] });
    const [, first] = await says(readyWorker);
    const since = output().length;
    process.kill(Number(first), "SIGKILL");
    await says(/ended with SIGKILL.*starts in 300 ms/, since);
    const waiting = Array.from({ length: 20 }, () => once(origin));
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, () => 202),
    );
    expect(await end("SIGINT")).toBe(0);
  });

  describe("whatever happens around a SIGHUP, the supervisor lives and a worker comes back", () => {
    test.each<[what: string, kill: "before" | "at once" | "during the check"]>([
      ["before it", "before"],
      ["at the same moment", "at once"],
      ["while the check runs", "during the check"],
    ])("where the worker dies %s", async (_what, when) => {
      // The check takes until this file is gone, so that what happens meanwhile needs no luck.
      const gate = join(folder, `gate-${when.replaceAll(" ", "-")}`);
      await writeFile(
        `${gate}.mjs`,
        `import { existsSync, writeFileSync } from "node:fs";
         if (process.argv.includes("--check")) {
           writeFileSync(${JSON.stringify(`${gate}.reached`)}, "");
           while (existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 10));
         }
         export default { release: "1" };`,
      );
      await writeFile(gate, "");
      const { origin, child, says, output, end } = await start({
        args: [...supervised, "--config", `${gate}.mjs`, "--restart-delay-ms", "1000"],
      });
      const worker = Number((await says(readyWorker))[1]);
      const since = output().length;
      if (when === "before") {
        process.kill(worker, "SIGKILL");
        await says(/ended with SIGKILL/, since);
      }
      child.kill("SIGHUP");
      if (when === "at once") process.kill(worker, "SIGKILL");
      await expect.poll(() => existsSync(`${gate}.reached`)).toBe(true);
      if (when === "during the check") {
        process.kill(worker, "SIGKILL");
        await says(/ended with SIGKILL/, since);
      }
      await rm(gate);
      await says(readyWorker, since);
      expect(await once(origin)).toMatchObject({ status: 202 });
      expect(isAlive(child.pid!)).toBe(true);
      expect(await end()).toBe(0);
    });

    test("where nothing can be started any more, since Node.js was replaced", async () => {
      const node = join(folder, "node-copy");
      await copyFile(process.execPath, node);
      const { origin, child, says, output, end } = await start({
        args: supervised,
        by: ["sh", "-c", 'shift; exec "$0" "$@"', node],
      });
      const worker = Number((await says(readyWorker))[1]);
      await rm(node);
      const since = output().length;
      child.kill("SIGHUP");
      await says(/The check could not be started.*\n.*stays as it is/, since);
      expect(await once(origin)).toMatchObject({ status: 202 });
      process.kill(worker, "SIGKILL");
      // The next one cannot be started either, until Node.js is back.
      await says(/ENOENT/, output().length);
      await copyFile(process.execPath, node);
      await says(readyWorker, since);
      expect(await once(origin)).toMatchObject({ status: 202 });
      expect(await end()).toBe(0);
    });

    test("where it is asked to stop while the check runs", async () => {
      await writeFile(join(folder, "slow.mjs"), SLOW_CHECK);
      const { child, says, end } = await start({ args: [...supervised, "--config", "slow.mjs"] });
      await says(readyWorker);
      child.kill("SIGHUP");
      expect(await end()).toBe(0);
    });
  });

  test("SIGHUP with a journal that cannot be opened leaves the worker alone", async () => {
    const config = join(folder, "moving.json");
    await writeFile(config, JSON.stringify({ journal: "good.journal" }));
    const { origin, child, says, output, end } = await start({
      args: ["catalog.mjs", "--port", "0", "--allowed-origins", ORIGIN, "--supervise", "--config", config],
    });
    const [, first] = await says(readyWorker);
    await mkdir(join(folder, "a-folder"), { recursive: true });
    for (const [journal, reason] of [
      ["a-folder", /a-folder is .*file.*\n?[\s\S]*stays as it is/],
      ["nowhere/journal", /nowhere[\s\S]*stays as it is/],
    ] as const) {
      const since = output().length;
      await writeFile(config, JSON.stringify({ journal }));
      child.kill("SIGHUP");
      await says(reason, since);
      expect(await once(origin)).toMatchObject({ status: 200 });
      expect(isAlive(Number(first))).toBe(true);
    }
    expect(await end()).toBe(0);
  });

  test("SIGHUP with another port says that the socket stays where it is", async () => {
    const config = join(folder, "ports.json");
    const port = await freePort();
    await writeFile(config, JSON.stringify({ port }));
    const args = ["catalog.mjs", "--journal", "memory", "--allowed-origins", ORIGIN, "--supervise"];
    const { child, says, end } = await start({ args: [...args, "--config", config] });
    await says(readyWorker);
    const other = await freePort();
    await writeFile(config, JSON.stringify({ port: other }));
    child.kill("SIGHUP");
    await says(new RegExp(`goes on listening on .*port ${port}: .*port ${other} takes a restart`));
    expect(await end()).toBe(0);
  });

  test("a first start that fails ends it with the worker's code", async () => {
    const error = await start({ args: ["nowhere.mjs", "--port", "0", "--supervise"] }).catch(String);
    expect(error).toContain("nowhere.mjs does not exist");
  });

  test("a worker ends where its supervisor is gone", async () => {
    const { says, end } = await start({ args: supervised });
    const worker = Number((await says(readyWorker))[1]);
    await end("SIGKILL");
    await expect.poll(() => isAlive(worker)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("without a catalog it counts by name, over a restart, and says so", async () => {
  const empty = await mkdtemp(join(tmpdir(), "rumkit-bare-"));
  onTestFinished(() => rm(empty, { recursive: true }));
  const args = ["--port", "0", "--allowed-origins", ORIGIN];
  const first = await start({ folder: empty, args });
  await first.says(/No catalog: names and routes are learned/);
  expect(await once(first.origin)).toMatchObject({ status: 200 });
  expect(await steps(first.origin)).toBe(1);
  expect(await first.end()).toBe(0);
  const second = await start({ folder: empty, args });
  expect(await steps(second.origin)).toBe(1);
});
