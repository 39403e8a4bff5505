import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import type { Catalog } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import {
  type Collector,
  type CollectorOptions,
  createCollector,
  describeMetrics,
  serveCollector,
} from "@rumkit/server";

const ROOT = join(import.meta.dirname, "..");
const CLI = ["--conditions=@rumkit/source", join(import.meta.dirname, "../packages/cli/src/bin/rumkit.ts")];

let folder: string;
beforeEach(() => {
  // In the repository, so that the draft finds the packages that it imports.
  mkdirSync(join(ROOT, ".tmp"), { recursive: true });
  folder = mkdtempSync(join(ROOT, ".tmp/draft-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

let collector: Collector<Catalog> | undefined;
async function start(options: CollectorOptions<Catalog> = {}): Promise<string> {
  collector = createCollector({ runtimeMetrics: false, bots: "count", ...options });
  const server = serveCollector({ collector });
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => collector?.stop());

let batches = 0;
async function post(origin: string, events: readonly object[], page = origin): Promise<void> {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const body = JSON.stringify({ v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events });
  const answer = await fetch(`${origin}/collect`, { method: "POST", body, headers: { origin: page } });
  expect(answer.status).toBe(202);
}

async function rumkit(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = promisify(execFile)(process.execPath, [...CLI, ...args], { cwd: folder, env: process.env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

const action = (name: string, details: object): object => ({ type: "action", name, details });

test("what was seen becomes a catalog that passes rumkit check and the compiler", async () => {
  const origin = await start();
  await post(origin, [
    { type: "page_view", route: "/product/7" },
    { type: "page_view", route: "/cart" },
    action("add_to_cart", { category: "books", productId: 7, price: 19.99, userId: "u1", coupon: "X" }),
    action("add_to_cart", { category: "games", productId: 8, price: 5, userId: "u2" }),
    action("addToCart", { category: "books", mail: "a@b.example" }),
    { type: "conversion", name: "wish", amount: 100, currency: "USD" },
    { type: "conversion", name: "wish", amount: 100, currency: "EUR" },
    { type: "measurement", name: "search_seconds", value: 0.012 },
    { type: "measurement", name: "search_seconds", value: 1.7 },
    { type: "measurement", name: "upload_bytes", value: 250_000 },
    { type: "feature", name: "dark_mode" },
    action("购物车", {}),
  ]);
  await collector!.trackConversion("purchase", { id: "1", value: 20, currency: "USD", plan: "pro" });
  const written = await rumkit("catalog", "--from", origin, "--app", "shop");
  expect(written).toMatchObject({
    code: 0,
    stderr: "",
    stdout:
      "Wrote catalog.ts: 2 routes, 1 action, 2 conversions, 2 measurements, 1 feature. Check it: rumkit check catalog.ts\n",
  });
  const draft = (await (await fetch(`${origin}/api/rumkit/catalog`)).json()) as Catalog;
  expect(draft).toEqual({
    app: "app",
    routes: ["/cart", "/product/:id"],
    actions: { add_to_cart: { help: "Add to cart.", labels: { category: ["books", "games"] } } },
    conversions: {
      purchase: { help: "Purchase.", from: "server", labels: { plan: ["pro"] }, value: { money: ["USD"] } },
      wish: { help: "Wish.", value: { money: ["EUR", "USD"] } },
    },
    measurements: {
      search: {
        help: "Search seconds.",
        unit: "seconds",
        buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      },
      upload: { help: "Upload bytes.", unit: "bytes", buckets: [100_000, 250_000] },
    },
    features: { dark_mode: { help: "Dark mode." } },
  });
  const checked = await rumkit("check", "catalog.ts");
  expect(checked).toMatchObject({ code: 0, stderr: "" });
  const extended = join(ROOT, "tsconfig.json");
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ extends: extended, include: ["*.ts"] }));
  expect(spawnSync("tsc", ["-p", folder], { encoding: "utf8" }).stdout).toBe("");
  expect(readFileSync(join(folder, "catalog.ts"), "utf8")).toContain('  app: "shop",\n');
  expect(await rumkit("catalog", "--from", origin)).toMatchObject({
    code: 1,
    stderr: "[rumkit] catalog.ts exists. Take another --out, or --force to replace it.\n",
  });
});

test.each([
  [["upload", "upload_bytes"], { upload: "seconds", upload_bytes_value: "bytes" }],
  [["upload_bytes", "upload_seconds"], { upload_bytes_value: "bytes", upload_seconds_value: "seconds" }],
  [
    ["upload_bytes", "upload_ratio", "upload_size"],
    { upload_bytes_value: "bytes", upload_ratio_value: "ratio", upload_size: "bytes" },
  ],
  [["a", "a_bytes", "a_bytes_value"], { a: "seconds", a_bytes_value: "bytes", a_bytes_value_2: "bytes" }],
  [["search_seconds"], { search: "seconds" }],
])("measurements that would have one name without their units stay apart: %j", async (names, units) => {
  const origin = await start();
  await post(
    origin,
    names.map((name) => ({ type: "measurement", name, value: 1 })),
  );
  const draft = (await (await fetch(`${origin}/api/rumkit/catalog`)).json()) as Catalog;
  const found = Object.entries(draft.measurements!).map(([name, { unit }]) => [name, unit]);
  expect(Object.fromEntries(found)).toEqual(units);
  expect(() => describeMetrics(draft)).not.toThrow();
});

test("hostile names, values and routes never make an invalid catalog", async () => {
  const origin = await start();
  const hostile = [
    "__proto__",
    "constructor",
    '"];process.exit()//',
    "*/",
    "${x}",
    "\u2028",
    "a".repeat(300),
    "日本",
  ];
  for (const text of hostile) {
    await post(origin, [
      { type: "page_view", route: `/${text}` },
      action(text, { [text]: text, kind: text, le: "1" }),
      { type: "measurement", name: text, value: 1e12 },
      { type: "measurement", name: `${text}_rate`, value: 0 },
    ]);
  }
  await post(
    origin,
    Array.from({ length: 190 }, (_, index) => action("many", { kind: `k${index}` })),
  );
  const { code, stdout, stderr } = await rumkit("catalog", "--from", origin, "--out", "-");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  writeFileSync(join(folder, "hostile.ts"), stdout);
  const { catalog } = (await import(join(folder, "hostile.ts"))) as { catalog: Catalog };
  expect(() => describeMetrics(catalog)).not.toThrow();
  expect(Object.hasOwn(catalog.actions!, "proto")).toBe(true);
  expect(catalog.actions?.["many"]).toEqual({ help: "Many." });
});

test("as many names and values as there is room for make a catalog that starts", async () => {
  const origin = await start({ rateLimits: { perAddress: false, perApp: false } });
  const values = Array.from({ length: 10 }, (_, index) => `v${index}`);
  const calls = Array.from({ length: 200 }, (_, index) =>
    values.flatMap((value) => {
      const call = { name: `n_${index}`, details: { kind: value, size: value } };
      return [
        { type: "action", ...call },
        { type: "conversion", ...call, amount: "1", currency: "USD" },
        { type: "measurement", ...call, value: 10 ** (index % 6) },
      ];
    }),
  ).flat();
  for (let at = 0; at < calls.length; at += 200) await post(origin, calls.slice(at, at + 200));
  const draft = (await (await fetch(`${origin}/api/rumkit/catalog`)).json()) as Catalog;
  expect(() => describeMetrics(draft)).not.toThrow();
  // Each has its share of the room.
  for (const group of [draft.actions, draft.conversions, draft.measurements])
    for (const { labels } of Object.values(group!)) expect(labels).toEqual({ kind: values });
});

test.each(["<!doctype html>", "null"])(
  "a server that answers %j to every path is not a collector, and the error says so",
  async (page) => {
    const server = createServer((_request, response) => response.end(page)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await rumkit("catalog", "--from", origin, "--out", "-");
    expect([code, stderr]).toEqual([
      1,
      `[rumkit] ${origin}/api/rumkit/catalog answers no catalog. Is --from the address of a collector? --api-path names another path of its API.\n`,
    ]);
  },
);

test("a token is asked for where figures are closed", async () => {
  const token = "t".repeat(32);
  const tokens = [{ name: "me", secret: token, scopes: ["admin"] as const }];
  const allowedOrigins = ["https://shop.example"];
  const origin = await start({ allowedOrigins, access: { open: ["collect"], tokens } });
  await post(origin, [{ type: "page_view", route: "/" }], allowedOrigins[0]);
  const refused = await rumkit("catalog", "--from", origin, "--out", "-");
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    "/api/rumkit/catalog answers 401. Use --token with a token of scope live or admin.",
  );
  expect((await rumkit("catalog", "--from", origin, "--out", "-", "--token", token)).code).toBe(0);
});

test("a collector with a catalog has none to tell, and an address that is wrong is said", async () => {
  const origin = await start({ catalog: { app: "shop", routes: ["/"] } });
  const none = await rumkit("catalog", "--from", origin, "--out", "-");
  expect(none.stderr).toContain("answers 404. It has a catalog, and learns no names.");
  expect((await rumkit("catalog", "--from", "http://127.0.0.1:9")).stderr).toContain(
    "http://127.0.0.1:9 does not answer",
  );
  expect((await rumkit("catalog")).stderr).toContain("--from is missing: the collector's address");
});
