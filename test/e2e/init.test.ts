/**
 * From an app without metrics to its first own metric: `rumkit init --yes` in small apps of each kind, as people have them.
 * A real Chromium opens a page of Vite with React, and one of Express; all of them pass the compiler.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";

const ROOT = join(import.meta.dirname, "../..");
const CLI = join(ROOT, "packages/cli/dist/bin/rumkit.js");
const BIN = join(ROOT, "node_modules/.bin");

/** The User-Agent of a browser that no test drives. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

type Files = Readonly<Record<string, string>>;

/** An app below this repository, so that its packages are those that are installed here. */
function makeApp(name: string, packages: readonly string[], files: Files, base = ROOT): string {
  const folder = join(base, ".tmp", `init-${name}`);
  rmSync(folder, { recursive: true, force: true });
  const all = [
    ...packages,
    "@rumkit/protocol",
    "@rumkit/browser",
    "@rumkit/react",
    "@rumkit/server",
    "rumkit",
    "hono",
    "prom-client",
    "@hono/node-server",
  ];
  const dependencies = Object.fromEntries(all.map((one) => [one, "*"]));
  const manifest = { name: `init-${name}`, private: true, type: "module", dependencies };
  for (const [file, text] of Object.entries({ "package.json": JSON.stringify(manifest), ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Running {
  output(): string;
  says(pattern: RegExp): Promise<void>;
}

function start(
  folder: string,
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Running {
  const child: ChildProcess = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout!, child.stderr!])
    stream.on("data", (chunk: Buffer) => void (output += chunk.toString()));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  return {
    output: () => output,
    says: (pattern) => expect.poll(() => stripVTControlCharacters(output)).toMatch(pattern),
  };
}

async function compile(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)(join(BIN, "tsc"), ["-p", folder]).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).toBe("");
}

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    strict: true,
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    lib: ["es2022", "dom"],
    types: ["node"],
    noEmit: true,
    skipLibCheck: true,
  },
  include: ["**/*.ts", "**/*.tsx"],
});

const metric = 'rum_actions_total{action="hello"} 1';

async function expectMetric(origin: string): Promise<void> {
  await expect
    .poll(async () => (await (await fetch(`${origin}/metrics`)).text()).includes(metric))
    .toBe(true);
}

test("a page of Vite with React reports its first event and an own metric, by one command", async () => {
  const [port, page] = [await freePort(), await freePort()];
  const folder = makeApp("vite", ["vite", "react", "react-dom"], {
    "index.html":
      '<!doctype html><link rel=icon href=data:,><div id="root"></div><script type="module" src="/src/main.tsx"></script>',
    "src/main.tsx": `import { createRoot } from "react-dom/client";\ncreateRoot(document.getElementById("root")!).render(<button>Hello</button>);\n`,
    "vite.config.ts":
      'import { defineConfig } from "vite";\n\nexport default defineConfig({\n  clearScreen: false,\n});\n',
    "tsconfig.json": TSCONFIG,
  });
  const began = performance.now();
  const init = start(folder, process.execPath, [CLI, "init", "--yes", "--port", String(port)], {
    RUMKIT_ALLOWED_ORIGINS: `http://localhost:${page}`,
  });
  await init.says(/Waiting for the first event/);
  const vite = start(folder, join(BIN, "vite"), [
    "--port",
    String(page),
    "--strictPort",
    "--host",
    "localhost",
  ]);
  await vite.says(/Local:/);
  const tab = await (await browser.newContext({ userAgent: USER_AGENT })).newPage();
  await tab.goto(`http://localhost:${page}/`);
  await tab.getByText("Hello").waitFor();
  await tab.evaluate(
    `import("/src/metrics.ts").then(({ metrics }) => { metrics.trackAction("hello"); metrics.flush(); })`,
  );
  await init.says(/First event from your browser: page_view \/\n/);
  await expectMetric(`http://127.0.0.1:${port}`);
  process.stdout.write(
    `From rumkit init to an own metric: ${((performance.now() - began) / 1000).toFixed(1)} s\n`,
  );
  await compile(folder);
});

test("a server of Express reports the same, and a page without a bundler", async () => {
  const port = await freePort();
  const folder = makeApp("express", ["express"], {
    "server.js": `import express from "express";\n
const app = express();
app.get("/", (request, response) => response.send('<!doctype html><link rel=icon href=data:,><script src="/rum.js" data-app="init_express" defer></script><h1>Hello</h1>'));
app.listen(${port}, "127.0.0.1", () => console.log("listening"));\n`,
  });
  const origin = `http://127.0.0.1:${port}`;
  const init = start(folder, process.execPath, [CLI, "init", "--yes", "--url", origin]);
  await init.says(/Waiting for the first event/);
  const server = start(folder, process.execPath, ["server.js"]);
  await server.says(/listening/);
  const tab = await (await browser.newContext({ userAgent: USER_AGENT })).newPage();
  await tab.goto(origin);
  await tab.evaluate(`rumkit.trackAction("hello"); rumkit.flush();`);
  await init.says(/First event from your browser: page_view \/\n/);
  await expectMetric(origin);
});

const APPS: readonly [name: string, packages: string[], files: Files, base: string][] = [
  [
    "hono",
    ["hono"],
    { "src/index.ts": 'import { Hono } from "hono";\n\nconst app = new Hono();\n\nexport default app;\n' },
    ROOT,
  ],
  [
    "fastify",
    ["fastify"],
    {
      "server.ts":
        'import Fastify from "fastify";\n\nconst app = Fastify({ logger: true });\n\nawait app.listen({ port: 3000 });\n',
    },
    ROOT,
  ],
  [
    "vue",
    ["vite", "vue"],
    {
      "index.html": '<script type="module" src="/src/main.ts"></script>',
      "src/main.ts": "document.title = String(1);\n",
    },
    ROOT,
  ],
  [
    "next-app",
    ["next", "react"],
    {
      "app/page.tsx": "export default function Page() {\n  return <h1>Page</h1>;\n}\n",
      "next.config.ts":
        'import type { NextConfig } from "next";\n\nconst nextConfig: NextConfig = {\n  /* config options here */\n};\n\nexport default nextConfig;\n',
    },
    join(ROOT, "test/next"),
  ],
  [
    "next-pages",
    ["next", "react"],
    { "pages/index.tsx": "export default function Page() {\n  return <h1>Page</h1>;\n}\n" },
    join(ROOT, "test/next"),
  ],
];

test("apps of every other kind pass the compiler with what was written", async () => {
  const folders = await Promise.all(
    APPS.map(async ([name, packages, files, base]) => {
      const folder = makeApp(name, packages, { ...files, "tsconfig.json": TSCONFIG }, base);
      await promisify(execFile)(process.execPath, [CLI, "init", "--yes", "--no-wait"], { cwd: folder });
      return folder;
    }),
  );
  // One run of the compiler for all: to start it takes longer than to check an app.
  const all = makeApp("all", [], {
    "tsconfig.json": JSON.stringify({
      extends: `${folders[0]}/tsconfig.json`,
      include: folders.flatMap((folder) => [`${folder}/**/*.ts`, `${folder}/**/*.tsx`]),
    }),
  });
  await compile(all);
  // It would find a fault in each of them.
  for (const folder of folders)
    writeFileSync(join(folder, "fault.ts"), 'import { catalog } from "./nowhere";\ncatalog;\n');
  const { stdout } = await promisify(execFile)(join(BIN, "tsc"), ["-p", all]).catch(
    (error: { stdout: string }) => error,
  );
  for (const [name] of APPS) expect(stdout).toContain(`init-${name}/fault.ts(1,25): error TS2307`);
});
