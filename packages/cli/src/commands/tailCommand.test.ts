import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, serveCollector } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { bareEnvironment } from "../../../../test/support/bareEnvironment.ts";
import { runCommand } from "../../../../test/support/commandOutput.ts";
import { listen } from "../../../../test/support/listen.ts";
import { main } from "./main.ts";

const CLI = join(import.meta.dirname, "../bin/rumkit.ts");
const TOKEN = "live-token-of-the-test-0123456789abcdef";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: {
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } },
    signup: { help: "Accounts.", from: "server" },
  },
});

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the real command in its own process, from source. */
function start(command: string, args: readonly string[], env: Record<string, string> = {}): Child {
  const child = spawn(command, args, {
    env: { ...bareEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

function tail(args: readonly string[], env?: Record<string, string>) {
  const child = start(process.execPath, ["--conditions=@rumkit/source", CLI, "tail", ...args], env);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    /** The next line of the output. */
    line: async (): Promise<string> => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`The command has ended: ${await text(child.stderr)}`);
      return value;
    },
    code: once(child, "close").then(([code]) => code as number | null),
  };
}

/** A command that ends by itself needs no separate process. */
const refusal = (...args: string[]) => runCommand(() => main(["tail", ...args]));

async function serve(options: object = {}, port = 0) {
  const collector = createCollector({ catalog, runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  const server = serveCollector({ collector, port });
  return { collector, server, origin: await listen(server) };
}

test("the chosen events are shown as they happen, until Ctrl-C", async () => {
  const { collector, origin } = await serve();
  await collector.trackConversion("signup", {});
  await collector.trackConversion("purchase", { value: 19.99, currency: "USD", note: "\u001b[2J\nred" });
  const { child, line, code } = tail([
    `${origin}/realtime`,
    "--filter",
    "type=conversion",
    "--filter",
    "label.conversion=purchase",
  ]);
  // Piped, so without color; no text of a page can clear the screen or begin a line.
  expect(await line()).toMatch(
    /^\d\d:\d\d:\d\d {2}conversion {4}purchase {2}19\.99 USD {2}note=\\u001b\[2J\\nred$/,
  );
  await collector.trackConversion("signup", {});
  await collector.trackConversion("purchase", { value: 5, currency: "USD" });
  expect(await line()).toMatch(/ {2}5\.00 USD$/);
  child.kill("SIGINT");
  expect(await code).toBe(0);
});

test("--json prints an event per line, and what was skipped, to a pipe that may close", async () => {
  const { collector, origin } = await serve();
  await collector.trackConversion("purchase", { value: 19.99, currency: "USD", note: "\u009b2J" });
  const { child, line, code } = tail(["--json", origin]);
  const first = await line();
  expect(first).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(first)).toMatchObject({
    type: "conversion",
    name: "purchase",
    money: { amount: 1999, currency: "USD" },
    details: { note: "\u009b2J" },
  });
  const signups = Array.from({ length: 300 }, async () => collector.trackConversion("signup", {}));
  await Promise.all(signups);
  let events = 0;
  let skipped = 0;
  while (events + skipped < signups.length) {
    const shown = JSON.parse(await line()) as { type?: string; skipped?: Record<string, number> };
    if (shown.type === "conversion") events += 1;
    skipped += shown.skipped?.["conversion"] ?? 0;
  }
  expect(events + skipped).toBe(signups.length);
  expect(skipped).toBeGreaterThan(0);

  child.stdout.destroy();
  while (child.exitCode === null) {
    await collector.trackConversion("signup", {});
    await new Promise(setImmediate);
  }
  expect(await code).toBe(0);
});

test("a restart of the collector is a gap, after which events go on", async () => {
  const first = await serve();
  await first.collector.trackConversion("purchase", { value: 1, currency: "USD" });
  const { child, line } = tail([first.origin]);
  expect(await line()).toContain("1.00 USD");
  const lost = once(child.stderr, "data");
  first.server.close();
  first.server.closeAllConnections();
  await first.collector.stop();
  expect(String((await lost)[0])).toBe(`[rumkit] The connection to ${first.origin} is lost. Reconnecting.\n`);
  const second = await serve({}, Number(new URL(first.origin).port));
  await second.collector.trackConversion("purchase", { value: 2, currency: "USD" });
  expect(await line()).toBe("-- Events may be missing here: the collector does not know how many. --");
  expect(await line()).toContain("2.00 USD");
});

test("a lost connection continues with the next event", async () => {
  const { collector, server, origin } = await serve();
  await collector.trackConversion("purchase", { value: 1, currency: "USD" });
  const { child, line } = tail([origin]);
  expect(await line()).toContain("1.00 USD");
  const lost = once(child.stderr, "data");
  server.closeAllConnections();
  await lost;
  await collector.trackConversion("purchase", { value: 2, currency: "USD" });
  expect(await line()).toContain("2.00 USD");
});

test("a token is read from a file or the environment, and a refusal is one line", async () => {
  const { collector, origin } = await serve({
    access: { open: ["collect"], tokens: [{ name: "wall", secret: TOKEN, scopes: ["live"] }] },
  });
  await collector.trackConversion("purchase", { value: 1, currency: "USD" });
  const folder = await mkdtemp(join(tmpdir(), "rumkit-tail-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "token");
  await writeFile(file, `${TOKEN}\n`);
  expect(await tail([origin, "--token-file", file]).line()).toContain("1.00 USD");
  expect(await tail([origin], { RUMKIT_TOKEN: TOKEN }).line()).toContain("1.00 USD");
  expect(await tail([origin], { RUMKIT_TOKEN_FILE: file }).line()).toContain("1.00 USD");

  const refused = tail([origin]);
  expect(await text(refused.child.stderr)).toMatch(
    /^\[rumkit\] http:\S+\/realtime\/metrics answers 401.*Use a token of scope live.*\n$/,
  );
  expect(await refused.code).toBe(1);
});

test("a filter that the collector does not know, and a path without one, are one line", async () => {
  const { origin } = await serve();
  const filter = await refusal(origin, "--filter", "type=conversoin");
  expect(filter.stderr).toBe(
    `[rumkit] ${origin}/realtime/metrics answers 400: types: unknown event type "conversoin". Did you mean "conversion"? Check --filter.\n`,
  );
  const path = await refusal(`${origin}/elsewhere`);
  expect(path.stderr).toMatch(/^\[rumkit\] \S+ answers 404.*Is it the address of a collector.*\n$/);
  expect([filter.code, path.code]).toEqual([1, 1]);
});

test("a server without a collector, and no server at all, are one line", async () => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<p>An app.</p>");
  }).listen(0, "127.0.0.1");
  const origin = await listen(server);
  expect((await refusal(origin)).stderr).toBe(
    `[rumkit] ${origin}/realtime/metrics answers no stream. Is it the address of a collector, with the path where it is mounted? --live-path names another path of its live page.\n`,
  );
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  // In a separate process, which knows no connection of before.
  const none = tail([origin]);
  expect(await text(none.child.stderr)).toMatch(/^\[rumkit\] \S+ does not answer: .*ECONNREFUSED.*\n$/);
  expect(await none.code).toBe(1);
});

test.each([
  [["--filter", "metrics=revenue_total"], "--filter must be type=…, route=… or label.<name>=… (got"],
  [["--filter", "conversion"], "--filter must be type=…"],
  [["ftp://shop"], "The collector's URL must start with http:// or https://"],
  [["http://a", "http://b"], "Expected one URL"],
  [["--token-file", "/missing"], "The file of --token-file cannot be read: ENOENT."],
])("%j is an invalid argument", async (args, message) => {
  const { stderr, code } = await refusal(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});

test.each([
  ["", true],
  ["NO_COLOR=1", false],
])("a terminal has color, unless %j", async (variable, hasColor) => {
  const { collector, origin } = await serve();
  await collector.trackConversion("purchase", { value: 1, currency: "USD" });
  const command = `env ${variable} TERM=xterm-256color '${process.execPath}' --conditions=@rumkit/source '${CLI}' tail ${origin}`;
  const child = start("script", ["-qfec", command, "/dev/null"]);
  const { value } = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  expect(String(value)).toContain("1.00 USD");
  expect(String(value).includes("\u001b[32m")).toBe(hasColor);
});
