/**
 * The pages that a newcomer starts with, from the packages as they are published: their packages are installed, their code
 * is pasted, their commands are run, and a real Chromium orders or clicks and reads the number that the page promises.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";
import { packPackages, type Packed } from "../support/packed/packPackages.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The User-Agent of a browser that no test drives. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

/** Outside the repository, whose own packages nothing finds from there. */
const folder = mkdtempSync(join(tmpdir(), "rumkit-start-"));
let packed: Packed;
let browser: Browser;

beforeAll(async () => {
  [packed, browser] = await Promise.all([packPackages(join(folder, "archives")), launchShell()]);
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface App {
  readonly folder: string;
  /** The text of the page, with the port that the collector gets. */
  readonly text: string;
  readonly origin: string;
  /** The line of `/metrics` that the page promises. */
  readonly promised: string;
}

/** An app as the page makes it from one that has `packages` and `files`. */
async function follow(
  name: string,
  packages: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<App> {
  const port = await freePort();
  const text = readFileSync(join(ROOT, `docs/${name}.md`), "utf8").replaceAll("4000", String(port));
  const app = join(folder, name);
  const pasted = [...text.matchAll(/```tsx?\n\/\/ (\S+)\n([^]*?)```/g)].map(([, path, code]) => [
    path!,
    code!,
  ]);
  const all = { "package.json": '{ "type": "module" }', ...files, ...Object.fromEntries(pasted) };
  for (const [path, code] of Object.entries(all as Record<string, string>)) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), code);
  }
  const named = [...text.matchAll(/^npm install (?:--save-dev )?(.*)$/gm)].flatMap(([, names]) =>
    names!.split(" "),
  );
  await packed.install(app, [...named, ...packages]);
  const [, promised] = /`(\w+_total\{[^}]*\} [\d.]+)`/.exec(text)!;
  return { folder: app, text, origin: `http://127.0.0.1:${port}`, promised: promised! };
}

/** Runs a program of Node.js in the app until the test ends, and waits for an answer at `url`. */
async function start(app: App, args: readonly string[], url: string): Promise<void> {
  const program = spawn(process.execPath, args, { cwd: app.folder, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(program, "close");
  onTestFinished(async () => {
    program.kill();
    await ended;
  });
  let output = "";
  for (const stream of [program.stdout, program.stderr])
    stream.on("data", (chunk: Buffer) => void (output += chunk.toString()));
  const isUp = (): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  const state = async (): Promise<unknown[]> => [program.exitCode === null ? "" : output, await isUp()];
  await expect.poll(state).toEqual(["", true]);
}

async function open(url: string): Promise<Page> {
  const page = await browser.newPage({ userAgent: USER_AGENT });
  onTestFinished(() => page.close());
  await page.goto(url);
  return page;
}

const metricsOf = async ({ origin }: App): Promise<string> => (await fetch(`${origin}/metrics`)).text();

// The live page shows an amount some seconds later, for which the three wait beside each other.
test("docs/start-express.md, start-hono.md and start-fastify.md count an order once", async () => {
  await Promise.all(["start-express", "start-hono", "start-fastify"].map(countOrder));
});

async function countOrder(name: string): Promise<void> {
  const app = await follow(name);
  expect(app.text, name).toContain("node server.ts");
  await start(app, ["server.ts"], `${app.origin}/healthz`);
  const page = await open(`${app.origin}/realtime`);
  for (let time = 0; time < 2; time += 1)
    expect((await fetch(`${app.origin}/api/checkout`, { method: "POST" })).status, name).toBe(200);
  expect(await metricsOf(app), name).toContain(app.promised);
  await expect
    .poll(() => metricsOf(app), { message: name })
    .toMatch(/^http_requests_total\{.*"\/api\/checkout",status="2xx"\} 2$/m);
  await expect.poll(() => page.innerText("body"), { message: name }).toContain("$19.99");
}

/** The app that Vite's templates make. */
const INDEX = (entry: string): string =>
  `<div id="root"></div><script type="module" src="/src/${entry}"></script>`;

test.each([
  ["start-react", "main.tsx", ["react", "react-dom", "vite"]],
  ["start-vite", "main.ts", ["vite"]],
] as const)("docs/%s.md counts a click", async (name, entry, packages) => {
  const app = await follow(name, packages, { "index.html": INDEX(entry) });
  const port = String(await freePort());
  const [, command] = /^npx rumkit (.*)$/m.exec(app.text.replaceAll("5173", port))!;
  const collector = new URL(app.origin).port;
  const serve = ["node_modules/rumkit/dist/bin/rumkit.js", ...command!.split(" "), "--port", collector];
  const vite = ["node_modules/vite/bin/vite.js", "--port", port, "--strictPort"];
  await Promise.all([
    start(app, serve, `${app.origin}/healthz`),
    start(app, vite, `http://localhost:${port}/`),
  ]);
  const page = await open(`http://localhost:${port}/`);
  await page.click("button");
  await expect.poll(() => metricsOf(app)).toContain(app.promised);
  const live = await open(`${app.origin}/realtime`);
  await expect.poll(() => live.innerText("body")).toMatch(/Just happened[^]*Add to cart/);
});
