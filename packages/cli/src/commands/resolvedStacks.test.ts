import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ErrorGroup, ErrorGroups, PageEvent } from "@rumkit/protocol";
import { defineCatalog } from "@rumkit/protocol";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import { sourcemapsCommand } from "./sourcemapsCommand.ts";
import { type Collector, createCollector, serveCollector } from "@rumkit/server";

const SHOP = "https://shop.example";
const KEY = "k".repeat(24);
const ADMIN = "a".repeat(24);
const LIVE = "l".repeat(24);
const catalog = defineCatalog({ app: "shop", routes: ["/"] });

const SOURCES: Readonly<Record<string, string>> = {
  "cart.ts": `export interface Item { readonly price: number }

export function totalOfCart(items: readonly Item[]): number {
  if (items.length === 0) {
    throw new RangeError("The cart is empty.");
  }
  return items.reduce((sum, { price }) => sum + price, 0);
}
`,
  "main.ts": `import { totalOfCart } from "./cart.ts";

function showCheckout(): string {
  const total = totalOfCart([]);
  return "Total: " + total;
}

(globalThis as { shown?: string }).shown = showCheckout();
`,
};

/** A page as a user builds it: minified, with a hash in its name, its map beside it and not named in it. */
let built: string;
/** A browser's description of the error in it. */
let stack: string;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), "rumkit-built-"));
  const src = join(built, "src");
  await mkdir(src);
  for (const [name, text] of Object.entries(SOURCES)) await writeFile(join(src, name), text);
  await build({
    root: built,
    logLevel: "silent",
    configFile: false,
    build: {
      sourcemap: "hidden",
      rolldownOptions: { input: join(src, "main.ts"), output: { keepNames: false } },
    },
  });
  stack = await stackOf(join(built, "dist/assets"));
});
afterAll(() => rm(built, { recursive: true, force: true }));

/** Runs the script in V8, as Chromium does, and has its address be that of a server. */
async function stackOf(assets: string): Promise<string> {
  const script = (await readdir(assets)).find((name) => name.endsWith(".js"))!;
  const run = `import(${JSON.stringify(join(assets, script))}).catch((error) => console.log(error.stack))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", run]);
  return (
    stdout
      .split("\n")
      .filter((line) => !line.includes("node:"))
      .join("\n")
      // Node calls the code outside of functions so; a browser does not.
      .replace(/Object\.<anonymous> \((.*)\)/, "$1")
      .replaceAll(assets, `${SHOP}/static/assets`)
  );
}

let directory: string;
let collector: Collector<typeof catalog>;

function start(options: { quota?: number; context?: boolean } = {}): void {
  collector = createCollector({
    catalog,
    runtimeMetrics: false,
    allowedOrigins: [SHOP],
    access: {
      writeKeys: [{ name: "shop", key: KEY }],
      tokens: [
        { name: "ci", secret: ADMIN, scopes: ["admin"] },
        { name: "wall", secret: LIVE, scopes: ["live"] },
      ],
      open: ["metrics"],
    },
    sourceMaps: { directory, ...options },
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "rumkit-maps-"));
  start();
});
afterEach(async () => {
  await collector.stop();
  await rm(directory, { recursive: true, force: true });
});

let ids = 0;
async function report(error: Partial<PageEvent> = {}, release = "1.2.0"): Promise<void> {
  const event = {
    type: "error",
    source: "uncaught",
    name: "RangeError",
    message: "The cart is empty.",
    stack,
    ...error,
  };
  const response = await collector.app.request(`/collect?key=${KEY}`, {
    method: "POST",
    headers: { origin: SHOP },
    body: JSON.stringify({
      v: 1,
      id: (ids += 1).toString(16).padStart(32, "0"),
      session: "5".repeat(32),
      sentAt: 1,
      release,
      events: [event],
    }),
  });
  expect(response.status).toBe(202);
}

async function listed(): Promise<ErrorGroups> {
  const headers = { authorization: `Bearer ${LIVE}` };
  return (await (await collector.app.request("/api/rumkit/errors", { headers })).json()) as ErrorGroups;
}

/** The group of the only error, once its stack was looked up. */
async function group(): Promise<ErrorGroup> {
  await expect.poll(async () => (await listed()).seen).toBe(1);
  return (await listed()).groups[0]!;
}

const outcome = async (name: string): Promise<number | undefined> =>
  (await scrape(collector.app)).get(`rum_stacks_resolved_total{outcome="${name}"}`);

const put = (release: string, file: string, body: BodyInit, token = ADMIN) =>
  collector.app.request(`/api/rumkit/sourcemaps/${encodeURIComponent(release)}/${encodeURIComponent(file)}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}` },
    body,
  });

async function mapOf(): Promise<{ name: string; text: string }> {
  const assets = join(built, "dist/assets");
  const name = (await readdir(assets)).find((file) => file.endsWith(".map"))!;
  return { name, text: await readFile(join(assets, name), "utf8") };
}

const RESOLVED = ["totalOfCart (src/cart.ts:5:15)", "showCheckout (src/main.ts:4:17)", "src/main.ts:8:44"];
describe("a stack of a built page is resolved", () => {
  test("by a map that a deployment put into the folder of the release", async () => {
    const { name, text } = await mapOf();
    await mkdir(join(directory, "1.2.0/assets"), { recursive: true });
    await writeFile(join(directory, "1.2.0/assets", name), text);
    await report();
    const error = await group();
    expect(error.resolved).toBe(true);
    expect(error.stack).toEqual(RESOLVED);
    expect(await outcome("resolved")).toBe(1);
  });

  test("by maps that the command line uploaded", async () => {
    const server = serveCollector({ collector });
    await once(server, "listening");
    const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const code = await sourcemapsCommand.run([
      "upload",
      join(built, "dist"),
      "--release=1.2.0",
      `--url=http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      `--token=${ADMIN}`,
    ]);
    written.mockRestore();
    server.close();
    expect(code).toBe(0);
    await report();
    expect((await group()).stack).toEqual(RESOLVED);
  });

  describe("whatever the layout of the build", () => {
    let laid: string;
    beforeEach(async () => {
      laid = await mkdtemp(join(tmpdir(), "rumkit-laid-"));
    });
    afterEach(() => rm(laid, { recursive: true, force: true }));

    const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
      const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
      const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
      const textOf = ({ mock }: typeof stdout): string => mock.calls.map(([text]) => text).join("");
      try {
        const code = await sourcemapsCommand.run(args);
        return { code, stdout: textOf(stdout), stderr: textOf(stderr) };
      } finally {
        stdout.mockRestore();
        stderr.mockRestore();
      }
    };

    const upload = async (folder: string): Promise<{ code: number; stdout: string; stderr: string }> => {
      const server = serveCollector({ collector });
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ended = await run("upload", folder, "--release=1.2.0", `--url=${url}/`, `--token=${ADMIN}`);
      server.close();
      return ended;
    };

    /** The built script as one that names its map: `name` becomes what `comment` makes of the map's text. */
    const layScript = async (comment: (map: string) => string): Promise<{ script: string; map: string }> => {
      const { name, text } = await mapOf();
      const script = name.slice(0, -".map".length);
      const code = await readFile(join(built, "dist/assets", script), "utf8");
      await writeFile(join(laid, script), `${code}\n//# sourceMappingURL=${comment(text)}\n`);
      return { script, map: text };
    };

    test.each([
      ["as it is", (map: string) => map],
      [
        "as an index map",
        (map: string) =>
          JSON.stringify({
            version: 3,
            sections: [{ offset: { line: 0, column: 0 }, map: JSON.parse(map) }],
          }),
      ],
    ])("Turbopack: a map under a name that only the script knows, %s", async (_how, write) => {
      const { script, map } = await layScript(() => "0vtbujxjo9idn.js.map");
      await writeFile(join(laid, "0vtbujxjo9idn.js.map"), write(map));
      // Of a script that is copied as it is, without its comment: Turbopack does that with its polyfills.
      await writeFile(join(laid, "2dcer2x5n9fwc.js.map"), map);
      const { code, stdout, stderr } = await upload(laid);
      expect(stdout).toContain(`Uploaded ${script}.map (from 0vtbujxjo9idn.js.map, `);
      expect(stdout).toContain(`Uploaded 1 map. Below ${laid}: 1 script.`);
      expect(stderr).toBe("[rumkit] Warning: 2dcer2x5n9fwc.js.map belongs to no script.\n");
      expect(code).toBe(0);
      await report();
      expect((await group()).stack).toEqual(RESOLVED);
    });

    test("a map inside of its script", async () => {
      const { script } = await layScript(
        (map) => `data:application/json;charset=utf-8;base64,${Buffer.from(map).toString("base64")}`,
      );
      const { code, stdout } = await upload(laid);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`Uploaded ${script}.map (inline, `) as string,
      });
      await report();
      expect((await group()).stack).toEqual(RESOLVED);
    });

    test("copied into the collector's folder instead of uploaded", async () => {
      const { script, map } = await layScript(() => "maps/0v.json.map");
      await mkdir(join(laid, "maps"));
      await writeFile(join(laid, "maps/0v.json.map"), map);
      const { code, stdout } = await run("copy", laid, "--release=1.2.0", "--to", directory);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`Copied ${script}.map (from maps/0v.json.map, `) as string,
      });
      await report();
      expect((await group()).stack).toEqual(RESOLVED);
    });
  });

  test("after a restart, by what was uploaded before it", async () => {
    const { name, text } = await mapOf();
    expect((await put("1.2.0", name, text)).status).toBe(201);
    await collector.stop();
    start();
    await report();
    expect((await group()).stack).toEqual(RESOLVED);
  });

  test("with the source's line, where that is asked for", async () => {
    await collector.stop();
    start({ context: true });
    const { name, text } = await mapOf();
    await put("1.2.0", name, text);
    await report();
    expect((await group()).stack[0]).toContain('› throw new RangeError("The cart is empty.");');
  });
});

describe("a stack stays as it came", () => {
  test("of a release without maps, and of none", async () => {
    const { name, text } = await mapOf();
    await put("1.2.0", name, text);
    await report({}, "1.3.0");
    const error = await group();
    expect(error.resolved).toBe(false);
    expect(error.stack[0]).toContain("/static/assets/main-");
    expect(await outcome("no_map")).toBe(1);
  });

  test.each([
    ["no JSON", "{"],
    ["no map", "{}"],
    ["invalid mappings", '{"version":3,"sources":["a"],"names":[],"mappings":7}'],
    ["nesting without end", "[".repeat(200_000)],
    ["nothing", ""],
  ])("where the map is %s", async (_what, text) => {
    const { name } = await mapOf();
    await put("1.2.0", name, text);
    await report();
    expect((await group()).resolved).toBe(false);
    expect(await outcome("failed")).toBe(1);
    // The thread lives on.
    await put("1.2.1", name, (await mapOf()).text);
    await report({}, "1.2.1");
    await expect.poll(() => outcome("resolved")).toBe(1);
  });
});

test("of a flood of one error, each has the same group, and one goes through the thread", async () => {
  const { name, text } = await mapOf();
  await put("1.2.0", name, text);
  await report();
  await group();
  await Promise.all(Array.from({ length: 500 }, () => report()));
  await expect.poll(async () => (await listed()).seen).toBe(501);
  expect((await listed()).groups).toHaveLength(1);
  expect(await outcome("resolved")).toBe(501);
});

test("of a flood of different errors, 200 wait; the rest is grouped as it came, and all are counted", async () => {
  const { name, text } = await mapOf();
  await put("1.2.0", name, text);
  const flood = Array.from({ length: 500 }, (_, line) =>
    report({
      stack: `${stack}\n    at f (https://shop.example/other.js:${line + 1}:1)`,
    }),
  );
  await Promise.all(flood);
  await expect.poll(async () => (await listed()).seen).toBe(500);
  expect((await outcome("resolved"))! + (await outcome("overflow"))!).toBe(500);
  expect(await outcome("resolved")).toBeGreaterThanOrEqual(200);
});

describe("no text of a client is ever part of a path", () => {
  const hostile = [
    "../../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\secret",
    "%2e%2e/%2e%2e/secret",
    "....//....//secret",
    "secret\0.js",
    ".uploads/manifest.json",
    "~root/.ssh/id",
  ];

  test.each(hostile)("a release and a file in a stack: %j", async (name) => {
    await mkdir(join(directory, "1.2.0"));
    await writeFile(join(directory, "secret.map"), (await mapOf()).text);
    await report({ stack: `RangeError: x\n    at f (https://shop.example/${name}:1:1)` }, name);
    expect((await group()).resolved).toBe(false);
    expect(await outcome("no_map")).toBe(1);
  });

  test.each(hostile.filter((name) => !name.startsWith("~")))(
    "an uploaded release and file: %j",
    async (name) => {
      const statuses = [
        (await put(name, "app.js.map", "{}")).status,
        (await put("1.2.0", `${name}.map`, "{}")).status,
      ];
      expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
      expect(await readdir(directory, { recursive: true })).toEqual([]);
    },
  );
});

test("an upload needs a token of scope admin; a collector without access answers 404", async () => {
  expect((await put("1.2.0", "app.js.map", "{}", LIVE)).status).toBe(403);
  expect((await put("1.2.0", "app.js.map", "{}", "x".repeat(24))).status).toBe(401);
  const open = createCollector({ catalog, runtimeMetrics: false, sourceMaps: { directory } });
  expect(
    (await open.app.request("/api/rumkit/sourcemaps/1/a.map", { method: "PUT", body: "{}" })).status,
  ).toBe(404);
  await open.stop();
});

test("a full quota drops the oldest release; a map larger than the quota is refused", async () => {
  await collector.stop();
  start({ quota: 100 });
  const map = "x".repeat(40);
  const statuses = [];
  for (const release of ["1", "2", "3"]) statuses.push((await put(release, "a.js.map", map)).status);
  const manifest = JSON.parse(await readFile(join(directory, ".uploads/manifest.json"), "utf8")) as {
    release: string;
  }[];
  expect(statuses).toEqual([201, 201, 201]);
  expect(manifest.map(({ release }) => release)).toEqual(["2", "3"]);
  expect((await put("4", "b.js.map", "x".repeat(101))).status).toBe(413);
  const files = await readdir(join(directory, ".uploads"));
  expect(files.filter((file) => file.endsWith(".map"))).toHaveLength(2);
  expect(files.filter((file) => file.endsWith(".tmp"))).toEqual([]);
});

describe("a manifest that cannot be read now takes no map away", () => {
  test.each([
    ["a link in a circle (ELOOP)", (path: string) => symlink(path, path)],
    ["a folder (EISDIR)", (path: string) => mkdir(path)],
    ["half a file", (path: string) => writeFile(path, '[{"release": "1.2.0"')],
    ["invalid entries", (path: string) => writeFile(path, '[{"release": "1.2.0"}]')],
    ["no list", (path: string) => writeFile(path, "{}")],
  ])("where it is %s", async (_what, damage) => {
    const { name, text } = await mapOf();
    expect((await put("1.2.0", name, text)).status).toBe(201);
    await collector.stop();
    const uploads = join(directory, ".uploads");
    const manifest = join(uploads, "manifest.json");
    await rename(manifest, `${directory}.manifest`);
    await damage(manifest);
    start();
    await report();
    await group();
    expect(await outcome("no_map")).toBe(1);
    const refused = await put("1.2.0", "other.js.map", text);
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringMatching(/not be kept: \S+/)]);
    expect((await readdir(uploads)).filter((file) => file.endsWith(".map"))).toHaveLength(1);
    await rm(manifest, { recursive: true });
    await rename(`${directory}.manifest`, manifest);
    expect((await put("1.2.1", "other.js.map", text)).status).toBe(201);
    await report();
    await expect.poll(() => outcome("resolved")).toBe(1);
  });
});

test("a map of more than 50 MiB is refused before it is read, and one that does not say so while it is", async () => {
  const declared = await collector.app.request("/api/rumkit/sourcemaps/1/a.js.map", {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN}`, "content-length": String(51 * 1024 * 1024) },
    body: "x",
  });
  expect(declared.status).toBe(413);
  const chunk = new Uint8Array(1024 * 1024);
  let sent = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      sent += 1;
      controller.enqueue(chunk);
    },
  });
  const init = {
    method: "PUT",
    headers: { authorization: `Bearer ${ADMIN}` },
    body: endless,
    duplex: "half",
  };
  expect((await collector.app.request("/api/rumkit/sourcemaps/1/a.js.map", init as RequestInit)).status).toBe(
    413,
  );
  expect(sent).toBeLessThan(60);
  expect(await readdir(join(directory, ".uploads"))).toEqual([]);
});
