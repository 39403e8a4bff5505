import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createCollector, serveCollector } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { bareEnvironment } from "../../../../test/support/bareEnvironment.ts";
import { runCommand } from "../../../../test/support/commandOutput.ts";
import { listen } from "../../../../test/support/listen.ts";
import { main } from "./main.ts";

const CLI = join(import.meta.dirname, "../bin/rumkit.ts");
const TOKEN = "metrics-token-of-the-test-0123456789abc";

const CATALOG = {
  app: "shop",
  routes: ["/", "/cart"],
  actions: { add_to_cart: { help: "Products in the cart." } },
  conversions: { checkout: { help: "Checkouts.", value: { money: ["USD"] } } },
} as const;

async function catalogFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-load-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, "catalog.mjs");
  await writeFile(path, `export const catalog = ${JSON.stringify(CATALOG)};`);
  return path;
}

async function serve(options: object = { catalog: CATALOG }) {
  const collector = createCollector(options);
  onTestFinished(() => collector.stop());
  return { collector, origin: await listen(serveCollector({ collector, port: 0 })) };
}

const load = (...args: string[]) => runCommand(() => main(["load", ...args]));

/** Options of a run that is over at once. */
const QUICK = ["--visitors", "2", "--visits", "3", "--think", "0", "--ramp-up", "0s"];

test("a run that is counted exactly ends with 0", async () => {
  const { origin } = await serve();
  const { code, stdout, stderr } = await load("--url", origin, "--catalog", await catalogFile(), ...QUICK);
  expect(stderr).toBe("");
  expect(stdout).toContain("6 of 6 visits by 2 visitors");
  expect(stdout).toContain("Equal: everything that was sent was counted, once.");
  expect(code).toBe(0);
});

test("a collector without a catalog is visited as well: as a new one, and by what it has seen", async () => {
  const { origin } = await serve({});
  const first = await load("--url", `${origin}/realtime`, ...QUICK, "--json");
  expect(JSON.parse(first.stdout)).toMatchObject({ url: origin, equal: true });
  const second = await load("--url", origin, ...QUICK, "--json");
  expect(JSON.parse(second.stdout)).toMatchObject({ equal: true });
  expect([first.code, second.code]).toEqual([0, 0]);
});

test("a token opens the metrics, and an answer without one says which", async () => {
  const { origin } = await serve({
    catalog: CATALOG,
    access: { tokens: [{ name: "prometheus", secret: TOKEN, scopes: ["metrics"] }], open: ["collect"] },
    allowedOrigins: ["http://shop.test"],
  });
  const args = ["--url", origin, "--catalog", await catalogFile(), ...QUICK];
  const refused = await load(...args);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    "answers 401. Use a token of scope metrics: --token-file, or RUMKIT_TOKEN.",
  );
  process.env["RUMKIT_TOKEN"] = TOKEN;
  onTestFinished(() => void delete process.env["RUMKIT_TOKEN"]);
  const denied = await load(...args);
  expect(denied.code).toBe(1);
  expect(denied.stderr).toContain("Name an origin that may report: --origin");
  expect(await load(...args, "--origin", "http://shop.test")).toMatchObject({ code: 0, stderr: "" });
});

test.each<[string, string[], string]>([
  ["another machine", ["--url", "https://rum.example"], "rum.example may be another machine"],
  ["a name like localhost", ["--url", "http://localhost.example"], "may be another machine"],
  ["an address like loopback", ["--url", "http://127.0.0.1.example"], "may be another machine"],
  ["every address", ["--url", "http://0.0.0.0:4000"], "Add --allow-remote"],
  [
    "metrics of another machine",
    ["--metrics-url", "http://10.0.0.7/metrics"],
    "10.0.0.7 may be another machine",
  ],
  [
    "a password in an address",
    ["--metrics-url", "http://me:secret@127.0.0.1/metrics"],
    "--metrics-url has a user name or a password. Give a token",
  ],
  ["no address", ["--url", "shop"], "--url must start with http:// or https://"],
  ["an unknown profile", ["--profile", "constructor"], "--profile must be light, medium, heavy, extreme"],
  ["no visitors", ["--visitors", "0"], "--visitors must be a whole number from 1 to 1000"],
  ["negative visitors", ["--visitors=-1"], "--visitors must be a whole number"],
  ["too many visitors", ["--visitors", "1001"], "--visitors must be a whole number from 1 to 1000"],
  ["too many visits", ["--visitors", "1000", "--visits", "1001"], "are more than 1000000 visits"],
  ["half a visit", ["--visits", "1.5"], "--visits must be a whole number"],
  ["a time without a unit", ["--hold", "10"], "--hold must be 0s to 1d"],
  ["no duration", ["--duration", "0s"], "--duration must be 1s to 1d"],
  ["an endless duration", ["--duration", "99d"], "--duration must be 1s to 1d"],
  ["a long thought", ["--think", "60001"], "--think must be a whole number from 0 to 60000"],
  ["a seed in words", ["--seed", "one"], "--seed must be a whole number"],
  ["a run with a line feed", ["--run", "a\nb"], "--run must be 1 to 64 letters"],
  ["a misspelt option", ["--visitor", "3"], "Did you mean --visitors?"],
  ["an argument", ["http://127.0.0.1:4000"], "Did you mean --url http://127.0.0.1:4000?"],
])("%s is refused with 2", async (_case, args, message) => {
  const { code, stderr } = await load(...args);
  expect(stderr).toContain(message);
  expect(stderr).toContain('Run "rumkit load --help" for all options.');
  expect(code).toBe(2);
});

test("a collector with a catalog asks for the file", async () => {
  const { origin } = await serve();
  const { code, stderr } = await load("--url", origin);
  expect(stderr).toContain("--catalog catalog.ts");
  expect(code).toBe(2);
});

/** The real command in its own process, from source; its outputs are pipes. */
function start(args: readonly string[]) {
  const child = spawn(process.execPath, ["--conditions=@rumkit/source", CLI, "load", ...args], {
    env: bareEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return {
    child,
    ended: Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
      ([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }),
    ),
  };
}

test("Ctrl-C ends with the report of what was sent so far, without control characters in a pipe", async () => {
  const { collector, origin } = await serve();
  const args = ["--url", origin, "--catalog", await catalogFile(), "--visits", "10000", "--think", "10"];
  const { child, ended } = start([...args, "--ramp-up", "0s"]);
  const accepted = async (): Promise<number> => {
    const exposition = await (await collector.app.request("/metrics")).text();
    return Number(/^rum_batches_accepted_total (\d+)/m.exec(exposition)![1]);
  };
  await expect.poll(accepted, { timeout: 100_000 }).toBeGreaterThan(10);
  child.kill("SIGINT");
  const { stdout, stderr, code } = await ended;
  expect(stderr).toBe("");
  expect(stdout).toContain("It was stopped before all visits were over.");
  expect(stdout).toContain("Equal: everything that was sent was counted, once.");
  // oxlint-disable-next-line no-control-regex -- That is the point.
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  expect(code).toBe(0);
});

test("the run ends at its duration by itself", async () => {
  const { origin } = await serve();
  const args = ["--url", origin, "--catalog", await catalogFile(), "--hold", "1h", "--duration", "1s"];
  const { stdout, code } = await load(...args, "--ramp-up", "0s", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ end: "duration", equal: true });
  expect(code).toBe(0);
});
