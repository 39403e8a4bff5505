/** A server that a bundler made one file of, alone in a folder: everything that it has without a bundler works. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build as esbuild, transform } from "esbuild";
import { build as vite } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { changes, scrape } from "../support/scrape.ts";
import { openStreamClient } from "../support/streamClient.ts";
import { type Started, startProgram } from "../support/started.ts";

const RELEASE = "1.2.0";

/** As a user writes it, for either module format: CommonJS has no `await` outside of functions. */
const SERVER = `
import { Hono } from "hono";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, createLog, openSqliteJournal, serveCollector } from "@rumkit/server";

async function start() {
  const collector = createCollector({
    catalog: defineCatalog({ app: "shop", routes: ["/"] }),
    journal: await openSqliteJournal({ path: "journal.db" }),
    sourceMaps: { directory: "maps" },
    log: createLog(),
  });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.route("/", collector.app);
  app.get("/products/:id", (c) => c.text("ok"));
  const server = serveCollector({ collector, fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  server.once("listening", () => console.log("listens on " + server.address().port));
  process.once("SIGTERM", () => collector.stop().then(() => process.exit()));
}
start();
`;

let folder: string;
beforeAll(async () => {
  // Outside of the repository: no package can be found from there.
  folder = mkdtempSync(join(tmpdir(), "rumkit-bundled-"));
  const { code, map } = await transform(
    'export function total() {\n  throw new RangeError("The cart is empty.");\n}',
    { sourcemap: "external", minify: true, sourcefile: "cart.ts" },
  );
  expect(code).toMatch(/^export function total/);
  mkdirSync(join(folder, "maps", RELEASE), { recursive: true });
  writeFileSync(join(folder, "maps", RELEASE, "cart.js.map"), map);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let running: Started | undefined;
afterEach(async () => {
  await running?.stop();
  for (const end of ["", "-wal", "-shm", "-tail", "-reserve", "-lock"])
    rmSync(join(folder, `journal.db${end}`), { force: true });
});

const stdin = { contents: SERVER, resolveDir: import.meta.dirname, sourcefile: "server.ts" };
const forNode = { stdin, bundle: true, platform: "node", target: "node22", logLevel: "error" } as const;

/** Packages that are CommonJS call \`require\`, which an ES module does not have: esbuild's own advice. */
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

const BUNDLES: Readonly<Record<string, (outfile: string) => Promise<unknown>>> = {
  "esbuild.cjs": (outfile) => esbuild({ ...forNode, outfile, format: "cjs" }),
  "esbuild.mjs": (outfile) => esbuild({ ...forNode, outfile, format: "esm", banner: { js: REQUIRE } }),
  "minified.cjs": (outfile) => esbuild({ ...forNode, outfile, format: "cjs", minify: true }),
  "vite.mjs": buildWithVite,
};

async function buildWithVite(outfile: string): Promise<void> {
  const entry = join(import.meta.dirname, "bundled.server.ts");
  await vite({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "server",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? SERVER : undefined),
      },
    ],
    ssr: { noExternal: true, target: "node" },
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: "vite.mjs" } },
    },
  });
  expect(outfile).toBe(join(folder, "vite.mjs"));
}

test.each(Object.keys(BUNDLES))(
  "%s counts, keeps, resolves stacks, shows the live page and streams",
  async (name) => {
    const outfile = join(folder, name);
    await BUNDLES[name]!(outfile);
    running = await startProgram(process.execPath, [outfile], { cwd: folder, ready: /listens on \d+/ });
    const origin = `http://127.0.0.1:${/listens on (\d+)/.exec(running.output())![1]}`;
    const collector = { request: (path: string) => fetch(origin + path) };
    const before = await scrape(collector);

    const stack = `RangeError: The cart is empty.\n    at total (${origin}/assets/cart.js:1:31)`;
    const events = [
      { type: "page_view", route: "/", navigation: "hard" },
      { type: "error", source: "uncaught", name: "RangeError", message: "The cart is empty.", stack },
    ];
    const body = { v: 1, id: "1".repeat(32), session: "2".repeat(32), sentAt: 1, release: RELEASE, events };
    const answer = await fetch(`${origin}/collect`, {
      method: "POST",
      headers: { origin, "user-agent": "Mozilla/5.0 Firefox/140.0" },
      body: JSON.stringify(body),
    });
    // 200: it is on the disk, which the journal's thread said.
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: 200,
      body: { accepted: 2 },
    });
    await (await fetch(`${origin}/products/7`)).text();

    // The thread that reads source maps answers when it likes.
    const resolved = 'rum_stacks_resolved_total{outcome="resolved"}';
    await expect.poll(async () => (await scrape(collector)).get(resolved)).toBe(1);
    expect(changes(before, await scrape(collector), /^(http_requests_total|rum_page_views_total)/)).toEqual({
      'http_requests_total{method="GET",route="/products/:id",status="2xx"}': 1,
      'rum_page_views_total{route="/",navigation="hard",experience="unknown"}': 1,
    });

    const stream = await openStreamClient(`${origin.replace("http", "ws")}/metrics/stream`);
    expect((await stream.next("historical_data")).data.throughput).toBeDefined();
    stream.ws.terminate();

    const page = await (await fetch(`${origin}/realtime`)).text();
    const assets = page.match(/realtime\/assets\/[\w.-]+/g) ?? [];
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      const response = await fetch(`${origin}/${asset}`);
      expect(response.headers.get("content-type")).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      expect((await response.text()).length).toBeGreaterThan(1_000);
    }
    await expect.poll(() => running?.output()).toContain("cart.ts:2:");
    expect(running.output()).not.toMatch(/import\.meta|is not available/);
  },
);
