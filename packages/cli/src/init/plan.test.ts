import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { main } from "../commands/main.ts";
import { missingPackages, planProject } from "./plan.ts";
import { readProject } from "./project.ts";
import { prepend, type Step } from "./step.ts";

const COLLECTOR = "http://127.0.0.1:4000";

type Files = Readonly<Record<string, string>>;

/** A folder with these files, and a package.json that depends on these packages. */
function project(packages: readonly string[], files: Files, manifest: object = { type: "module" }): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dependencies = Object.fromEntries(packages.map((name) => [name, "*"]));
  write(folder, {
    "package.json": JSON.stringify({ name: "@acme/Web-Shop", ...manifest, dependencies }),
    ...files,
  });
  return folder;
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const plan = (folder: string): Step[] => planProject(readProject(folder), COLLECTOR);

/** The kind of step for each file. */
const kinds = (folder: string) => Object.fromEntries(plan(folder).map(({ kind, file }) => [file, kind]));

/** The text of a file as it is then. */
function textOf(folder: string, file: string): string {
  const step = plan(folder).find((one) => one.file === file);
  return step && "text" in step ? step.text : "";
}

const VITE: Files = {
  "index.html": '<div id="root"></div><script type="module" src="/src/main.tsx"></script>',
  "src/main.tsx": 'import { createRoot } from "react-dom/client";\n',
  "tsconfig.json": "{}",
  "vite.config.ts":
    'import { defineConfig } from "vite";\n\nexport default defineConfig({\n  plugins: [],\n});\n',
};

describe("a page of Vite", () => {
  test("gets a catalog, a client that its entry imports first, a proxy and a collector", () => {
    const folder = project(["vite", "react"], VITE);
    expect(kinds(folder)).toEqual({
      "src/catalog.ts": "create",
      "src/metrics.ts": "create",
      "src/main.tsx": "edit",
      "your root component": "paste",
      "vite.config.ts": "edit",
      "rumkit.config.json": "create",
    });
    expect(textOf(folder, "src/catalog.ts")).toContain('app: "web_shop"');
    expect(textOf(folder, "src/main.tsx")).toBe(`import "./metrics";\n${VITE["src/main.tsx"]}`);
    expect(textOf(folder, "vite.config.ts")).toBe(
      'import { defineConfig } from "vite";\n\nexport default defineConfig({\n  server: { proxy: { "/collect": "http://127.0.0.1:4000" } },\n  plugins: [],\n});\n',
    );
    const pasted = plan(folder).find(({ file }) => file === "your root component");
    expect(pasted).toMatchObject({
      added: expect.stringMatching(/^import { metrics } from "\.\/metrics";/) as string,
    });
    expect(JSON.parse(textOf(folder, "rumkit.config.json"))).toMatchObject({ catalog: "./src/catalog.ts" });
    expect(missingPackages(readProject(folder))).toEqual([
      "@rumkit/protocol",
      "rumkit",
      "@rumkit/browser",
      "@rumkit/react",
    ]);
  });

  test("with a configuration on one line keeps it readable", () => {
    const text = "export default defineConfig({ plugins: [react()] });\n";
    const folder = project(["vite"], { ...VITE, "vite.config.ts": text });
    expect(textOf(folder, "vite.config.ts")).toBe(
      'export default defineConfig({\n  server: { proxy: { "/collect": "http://127.0.0.1:4000" } },\n  plugins: [react()] });\n',
    );
  });

  test("with an empty configuration keeps it readable", () => {
    const folder = project(["vite"], { ...VITE, "vite.config.ts": "export default defineConfig({});\n" });
    expect(textOf(folder, "vite.config.ts")).toBe(
      'export default defineConfig({\n  server: { proxy: { "/collect": "http://127.0.0.1:4000" } },\n});\n',
    );
  });

  test.each([
    ["settings of its server", "export default defineConfig({ server: { port: 3000 } });"],
    ["a function", "export default defineConfig(({ mode }) => ({ mode }));"],
    ["a plain object", "export default {};"],
  ])("is not edited where the configuration has %s: the step says what to add", (_what, text) => {
    const folder = project(["vite"], { ...VITE, "vite.config.ts": text });
    expect(kinds(folder)["vite.config.ts"]).toBe("paste");
  });

  test("is not a server because the collector's packages are installed", () => {
    const folder = project(["vite", "react", "hono", "@hono/node-server", "@rumkit/server"], VITE);
    expect(readProject(folder)).toMatchObject({ page: "vite", server: undefined });
  });

  test("without TypeScript, React and a configuration gets files of JavaScript", () => {
    const folder = project(["vite"], {
      "index.html": '<script type="module" src="/main.js"></script>',
      "main.js": 'document.title = "x";\n',
    });
    expect(kinds(folder)).toEqual({
      "catalog.js": "create",
      "metrics.js": "create",
      "main.js": "edit",
      "vite.config.mjs": "create",
      "rumkit.config.json": "create",
    });
    expect(textOf(folder, "metrics.js")).not.toContain("typeof");
  });
});

test.each<[what: string, port: number, files: Files, manifest: object]>([
  ["none is named", 5173, {}, {}],
  [
    "the configuration names one",
    3100,
    {
      "vite.config.ts": "export default { preview: { port: 1 }, server: { hmr: { port: 2 }, port: 3100 } };",
    },
    {},
  ],
  ["the script dev names one", 3200, {}, { scripts: { dev: "vite --port 3200 --host" } }],
])("pages may report from the port of the development server, where %s", (_what, port, files, manifest) => {
  const folder = project(["vite"], { ...VITE, ...files }, manifest);
  expect(JSON.parse(textOf(folder, "rumkit.config.json"))).toMatchObject({
    allowedOrigins: [port, port + 1].flatMap((one) => [`http://localhost:${one}`, `http://127.0.0.1:${one}`]),
  });
});

test("an app in a workspace has the package manager of the workspace, whose root has no framework", async () => {
  const root = project(["turbo"], { "pnpm-lock.yaml": "" }, { workspaces: ["apps/*"] });
  write(root, { "apps/web/package.json": '{ "dependencies": { "vite": "8" } }' });
  expect(readProject(join(root, "apps/web")).installer).toBe("pnpm add");
  expect(readProject(root).hasWorkspaces).toBe(true);
});

describe("TypeScript", () => {
  const express = 'import express from "express";\nconst app = express();\n';

  test.each<[what: string, packages: string[], files: Files]>([
    ["a page of Vite", ["vite"], { "index.html": VITE["index.html"]!, "src/main.tsx": "" }],
    ["a server", ["express"], { "src/server.ts": express }],
    ["an app of Next.js", ["next"], { "app/layout.tsx": "" }],
  ])("is recognized without a tsconfig.json by the entry of %s", (_what, packages, files) => {
    const created = plan(project(packages, files)).flatMap(({ kind, file }) =>
      kind === "create" ? file : [],
    );
    expect(created.filter((file) => /\.m?jsx?$/.test(file) && !/config/.test(file))).toEqual([]);
    expect(created).toContainEqual(expect.stringMatching(/catalog\.ts$/));
  });

  test("that nothing compiles is imported as it is named", () => {
    const folder = project(["express"], { "src/server.ts": express });
    expect(textOf(folder, "src/server.ts")).toContain('from "./collector.ts"');
    expect(textOf(folder, "src/collector.ts")).toContain('from "./catalog.ts"');
  });

  test("of a page is loaded by a server of JavaScript, which stays one", () => {
    const folder = project(["vite", "express"], { ...VITE, "server/index.js": express });
    expect(textOf(folder, "server/index.js")).toContain('from "./collector.js"');
    expect(textOf(folder, "server/collector.js")).toContain('from "../src/catalog.ts"');
  });
});

describe("a line that is put first", () => {
  test.each([
    ["", ""],
    ["#!/usr/bin/env node\n", "const x = 1;\n"],
    ['"use strict";\n', "const x = 1;\n"],
    ["\uFEFF'use client'\r\n", "const x = 1;\r\n"],
    ['#!/usr/bin/env node\n// Ours.\n/* "use\n */\n"use strict"\n"use client";\n', "\nconst x = 1;\n"],
    ["", '// "use strict" is not needed.\nconst x = 1;\n'],
    ["", '"use strict" + y;\n'],
  ])("comes after %j, which has to stay in front", (start, rest) => {
    expect(prepend("FIRST;\n", start + rest)).toBe(`${start}FIRST;\n${rest}`);
  });

  test("is one in the entry of a server that a shell starts", () => {
    const code =
      '#!/usr/bin/env node\n"use strict";\nconst express = require("express");\nconst app = express();\n';
    const folder = project(["express"], { "server.js": code }, { type: "commonjs" });
    const text = textOf(folder, "server.js");
    expect(
      text.startsWith('#!/usr/bin/env node\n"use strict";\nconst { collector } = require("./collector.'),
    ).toBe(true);
  });
});

describe("a server", () => {
  test.each<[name: string, packages: string[], code: string, mounted: string]>([
    [
      "Express",
      ["express"],
      'import express from "express";\n\nconst app = express();\napp.listen(3000);\n',
      "const app = express();\napp.use(collector.nodeListener());\n",
    ],
    [
      "Hono",
      ["hono"],
      'import { Hono } from "hono";\n\nexport const api = new Hono();\n',
      'export const api = new Hono();\napi.use(collector.httpMetrics());\napi.route("/", collector.app);\n',
    ],
    [
      "Fastify",
      ["fastify"],
      'import Fastify from "fastify";\n\nconst server = Fastify({ logger: true });\n',
      "const server = Fastify({ logger: true });\nconst answerMetrics = collector.nodeListener();\nserver.addHook(",
    ],
  ])("of %s mounts the collector after the line that creates it", (_name, packages, code, mounted) => {
    const folder = project(packages, { "src/server.ts": code, "tsconfig.json": "{}" });
    expect(kinds(folder)).toMatchObject({
      "src/catalog.ts": "create",
      "src/collector.ts": "create",
      "src/server.ts": "edit",
      "the HTML of your pages": "paste",
    });
    const text = textOf(folder, "src/server.ts");
    expect(text.startsWith('import { collector } from "./collector.js";\n')).toBe(true);
    expect(text).toContain(mounted);
    expect(text).toContain(code.split("\n")[0]);
  });

  test("that writes .ts in its imports gets .ts, and one of CommonJS gets require", () => {
    const code = "const app = express();\n";
    const typed = project(["express"], {
      "server.ts": `import express from "express";\n${code}`,
      "tsconfig.json": '{ "compilerOptions": { "allowImportingTsExtensions": true } }',
    });
    expect(textOf(typed, "server.ts")).toContain('from "./collector.ts"');
    const common = project(["express"], { "index.js": `const express = require("express");\n${code}` }, {});
    expect(textOf(common, "index.js")).toContain('const { collector } = require("./collector.mjs");');
    expect(textOf(common, "collector.mjs")).toContain('from "./catalog.mjs"');
  });

  test("that creates two apps, or none that can be found, gets a step that says what to add", () => {
    const two = project(["express"], { "server.js": "const a = express();\nconst b = express();\n" });
    expect(kinds(two)["server.js"]).toBe("paste");
    const none = project(["express"], { "lib/server.js": "export default express();\n" });
    expect(kinds(none)["the file that creates your server"]).toBe("paste");
  });

  test("behind a page of Vite gets the page's calls through Vite's proxy", () => {
    const folder = project(["vite", "express"], {
      ...VITE,
      "server/index.ts": 'import express from "express";\nconst app = express();\n',
    });
    expect(kinds(folder)).toMatchObject({
      "server/collector.ts": "create",
      "server/index.ts": "edit",
      "vite.config.ts": "edit",
    });
    expect(textOf(folder, "server/collector.ts")).toContain('from "../src/catalog.js"');
    expect(Object.keys(kinds(folder))).not.toContain("rumkit.config.json");
  });
});

describe("Next.js", () => {
  const config =
    'import type { NextConfig } from "next";\n\nconst nextConfig: NextConfig = {\n  /* config options here */\n};\n\nexport default nextConfig;\n';

  test.each([
    ["App Router", "app/page.tsx", "next-app"],
    ["Pages Router", "pages/index.tsx", "next-pages"],
  ])("with the %s gets a client that runs before all else, and rewrites", (_name, page, router) => {
    const folder = project(["next", "react"], {
      [page]: "",
      "next.config.ts": config,
      "tsconfig.json": "{}",
    });
    expect(kinds(folder)).toMatchObject({
      "catalog.ts": "create",
      "instrumentation-client.ts": "create",
      "next.config.ts": "edit",
      "rumkit.config.json": "create",
    });
    expect(textOf(folder, "next.config.ts")).toContain(
      '= {\n  rewrites: async () => [{ source: "/collect", destination: "http://127.0.0.1:4000/collect" }],\n',
    );
    const [pasted] = plan(folder).filter(({ kind }) => kind === "paste");
    expect(pasted).toMatchObject({ added: expect.stringContaining(router) as string });
    expect(pasted).toMatchObject({
      added: expect.stringContaining('import { metrics } from "../instrumentation-client";') as string,
    });
    // The client counts page views by itself, and `RouteMetrics` would count each of them again.
    expect(pasted).toMatchObject({
      added: expect.stringMatching(
        /In instrumentation-client\.ts, .*\n.*createMetrics<typeof catalog>\(\{ pageViews: "manual" \}\);$/,
      ) as string,
    });
  });

  test("with rewrites gets a step that says what to add", () => {
    const own = config.replace("/* config options here */", "rewrites: async () => [],");
    const folder = project(["next"], { "app/page.tsx": "", "next.config.ts": own });
    expect(kinds(folder)["next.config.ts"]).toBe("paste");
  });
});

describe("rumkit init", () => {
  /** Runs the command in the folder, and returns what it printed. */
  async function init(folder: string, ...args: string[]): Promise<string> {
    const before = process.cwd();
    let output = "";
    const collect = (text: string | Uint8Array): boolean => {
      output += String(text);
      return true;
    };
    const restored = process.stdout.write.bind(process.stdout);
    process.chdir(folder);
    process.stdout.write = collect;
    try {
      expect(await main(["init", "--no-wait", ...args])).toBe(0);
    } finally {
      process.stdout.write = restored;
      process.chdir(before);
    }
    return output;
  }
  const filesOf = (folder: string) =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path, readFileSync(path, "utf8")]),
    );

  test("shows and writes nothing with --dry-run; writes once with --yes; overwrites nothing", async () => {
    const folder = project(["vite", "react"], { ...VITE, "src/metrics.ts": "export const mine = 1;\n" });
    const before = filesOf(folder);
    await init(folder, "--dry-run");
    expect(filesOf(folder)).toEqual(before);
    await init(folder, "--yes");
    const after = filesOf(folder);
    expect(Object.keys(after).length).toBe(Object.keys(before).length + 2);
    expect(after[join(folder, "src/metrics.ts")]).toBe("export const mine = 1;\n");
    await init(folder, "--yes");
    expect(filesOf(folder)).toEqual(after);
  });

  test("leads pages to the port of a configuration that is there, unless --port names another", async () => {
    const folder = project(["vite"], { ...VITE, "rumkit.config.json": '{ "port": 4111 }' });
    expect(await init(folder, "--dry-run")).toContain('"/collect": "http://127.0.0.1:4111"');
    expect(await init(folder, "--dry-run", "--port", "4222")).toContain(
      '"/collect": "http://127.0.0.1:4222"',
    );
    write(folder, { "rumkit.config.json": '{ "prot": 4111 }' });
    expect(await init(folder, "--dry-run")).toContain('"/collect": "http://127.0.0.1:4000"');
  });

  test("says what is missing in a folder that is not an app's", () => {
    const folder = mkdtempSync(join(tmpdir(), "rumkit-init-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    expect(() => readProject(folder)).toThrow("This folder has no package.json.");
    write(folder, { "package.json": "{" });
    expect(() => readProject(folder)).toThrow("package.json is not valid JSON.");
    for (const text of ["null", "[]", '"shop"', "1"]) {
      write(folder, { "package.json": text });
      expect(() => readProject(folder)).toThrow("package.json is not an object.");
    }
  });

  test.each([
    ["a mark of byte order", '\uFEFF{ "name": "shop", "dependencies": { "vite": "7" } }', "shop"],
    [
      "comments and commas at ends",
      '{ // app\n "name": "shop", /* b */ "dependencies": { "vite": "7", }, } // end',
      "shop",
    ],
    [
      "text that looks like them",
      '{ "name": "shop", "homepage": "https://a.example/*,]*/", "dependencies": { "vite": "7" } }',
      "shop",
    ],
    ["a name that is null", '{ "name": null, "dependencies": { "vite": "7" } }', "app"],
    ["no name", '{ "dependencies": { "vite": "7" } }', "app"],
    [
      "a name that is not text",
      '{ "name": 7, "devDependencies": { "vite": "7" }, "dependencies": null }',
      "app",
    ],
    ["a name without letters", '{ "name": "购物车", "dependencies": { "vite": "7" } }', "app"],
  ])("reads a package.json with %s", (_what, text, app) => {
    const folder = project([], VITE);
    write(folder, { "package.json": text });
    expect(readProject(folder)).toMatchObject({ app, page: "vite" });
  });

  test.each([
    [{}, "npm install", []],
    [{ "package-lock.json": "{}" }, "npm install", []],
    [{ "pnpm-lock.yaml": "" }, "pnpm add", []],
    [{ "bun.lock": "" }, "bun add", []],
    // Yarn leaves peers to the project.
    [{ "yarn.lock": "" }, "yarn add", ["hono", "prom-client"]],
  ])("names the packages that are missing, and no more: %j", (files, installer, peers) => {
    const folder = project(["vite", "express"], { ...VITE, ...files });
    const found = readProject(folder);
    expect([found.installer, missingPackages(found)]).toEqual([
      installer,
      ["@rumkit/protocol", "@rumkit/server", ...peers, "@rumkit/browser"],
    ]);
    write(folder, {
      "package.json": JSON.stringify({
        dependencies: {
          vite: "7",
          express: "5",
          "@rumkit/server": "1",
          "@rumkit/protocol": "1",
          hono: "4",
          "prom-client": "15",
        },
      }),
    });
    expect(missingPackages(readProject(folder))).toEqual(["@rumkit/browser"]);
  });
});
