import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { loadCatalog } from "./loadCatalog.ts";

/**
 * Catalogs as people write them. They are read in a process without Vitest, which would load them by itself: one for
 * all, since to start one takes longer than to load.
 */

type Files = Readonly<Record<string, string>>;

/** Loads a file from a new folder: its exports, or why it cannot be read. */
interface Loaded {
  readonly catalog?: {
    readonly app: string;
    readonly routes: readonly string[];
    readonly conversions?: unknown;
  };
  readonly message?: string;
}

async function loadAll(
  files: readonly (readonly [name: string, text: string])[],
  node: readonly string[] = [],
) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rumkit-catalog-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  files.forEach(([name, text], index) =>
    write(join(root, String(index)), { ...shared, ...(text !== "" && { [name]: text }) }),
  );
  const program = `
    import { loadCatalog } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, "loadCatalog.ts")).href)};
    const loaded = [];
    for (const [index, name] of ${JSON.stringify(files.map(([name]) => name))}.entries()) {
      process.chdir(${JSON.stringify(root)} + "/" + index);
      loaded.push(await loadCatalog(name).then((catalog) => ({ catalog }), ({ message }) => ({ message })));
    }
    console.log(JSON.stringify(loaded));`;
  writeFileSync(join(root, "load.mjs"), program);
  const args = ["--conditions=@rumkit/source", ...node, join(root, "load.mjs")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout) as Loaded[];
}

function write(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const shared: Files = {
  "lib/currencies.ts": `
    export enum Currency { Dollar = "USD", Yen = "JPY" }
    export namespace Paths { export const home = "/"; }
    export interface Options { readonly app: string }
    export const zero = 0;`,
  "lib/plans.json": '{ "plans": ["free", "paid"] }',
  "lib/pages/index.ts": 'export const routes = ["/about"] as const;',
  "module/package.json": '{ "type": "module" }',
  "tsconfig.json": `{
    // As people have it: with comments and a comma too many.
    "compilerOptions": { "experimentalDecorators": true, "paths": { "@/*": ["./lib/*"] }, },
  }`,
};

const money = (currency: string): string =>
  `conversions: { paid: { help: "Orders.", value: { money: [${currency}] } } }`;

const catalogs: Readonly<Record<string, readonly [file: string, text: string]>> = {
  "imports without extensions": [
    "catalog.ts",
    `import { zero } from "./lib/currencies";
     import { routes } from "./lib/pages";
     export const catalog = { app: "shop", routes: ["/", ...routes].slice(zero), ${money('"USD"')} };`,
  ],
  "enums and namespaces": [
    "catalog.ts",
    `import { Currency, Paths } from "./lib/currencies.ts";
     export const catalog = { app: "shop", routes: [Paths.home], ${money("Currency.Dollar")} };`,
  ],
  "types imported as values": [
    "catalog.ts",
    `import { Options, zero } from "./lib/currencies.ts";
     const options: Options = { app: "shop" };
     export default { ...options, routes: ["/"].slice(zero), ${money('"USD"')} };`,
  ],
  "paths of the tsconfig.json": [
    "src/catalog.ts",
    `import { Currency } from "@/currencies";
     export const catalog = { app: "shop", routes: ["/"], ${money("Currency.Dollar")} };`,
  ],
  JSON: [
    "catalog.ts",
    `import { plans } from "./lib/plans.json";
     export const catalog = { app: "shop", routes: ["/"], ${money('"USD"')}, actions: { choose: { help: "Plans.", labels: { plan: plans } } } };`,
  ],
  "decorators and parameter properties": [
    "catalog.ts",
    `const keep = (_target: object, _key: string, descriptor: PropertyDescriptor) => descriptor;
     class Names { constructor(private readonly app: string) {} @keep read() { return this.app; } }
     export const catalog = { app: new Names("shop").read(), routes: ["/"], ${money('"USD"')} };`,
  ],
  ".mts": ["catalog.mts", `export default { app: "shop", routes: ["/"], ${money('"USD"')} } as const;`],
  ".cts": [
    "catalog.cts",
    `const { plans } = require("./lib/plans.json");
     export = { app: "shop", routes: ["/"], ${money('"USD"')}, actions: { choose: { help: "Plans.", labels: { plan: plans } } } };`,
  ],
  CommonJS: [
    "catalog.cjs",
    `const { Currency } = require("./lib/currencies");
     exports.catalog = { app: "shop", routes: ["/"], ${money("Currency.Dollar")} };`,
  ],
  "CommonJS in a module's folder": [
    "module/catalog.js",
    `module.exports = { app: "shop", routes: ["/"], ${money('"USD"')} };`,
  ],
  "top-level await": [
    "catalog.ts",
    `import { Currency } from "./lib/currencies";
     const routes = await Promise.resolve(["/"]);
     export const catalog = { app: "shop", routes, ${money("Currency.Dollar")} };`,
  ],
};

test("a catalog is read however it is written", async () => {
  const loaded = await loadAll(Object.values(catalogs));
  for (const [index, name] of Object.keys(catalogs).entries()) {
    const { catalog, message } = loaded[index]!;
    expect([name, message]).toEqual([name, undefined]);
    expect(catalog).toMatchObject({ app: "shop", conversions: { paid: { value: { money: ["USD"] } } } });
    expect(catalog?.routes[0]).toBe("/");
  }
});

const faults: readonly (readonly [fault: string, text: string, message: string])[] = [
  [
    "a module that is missing",
    'import { a } from "./lib/nowhere";\nexport const b = a;\n',
    "catalog.ts:1: Cannot find module './lib/nowhere'",
  ],
  [
    "a package that is missing",
    '\nimport { a } from "no-such-package";\nexport const b = a;\n',
    "catalog.ts:2: Cannot find module 'no-such-package'",
  ],
  ["a syntax error", "export const a = 1;\nexport const catalog = { app: ;\n", "catalog.ts:2:30"],
  [
    "an exception",
    "const a = {} as any;\n\nexport const catalog = a.b.c;\n",
    "catalog.ts:3:28: Cannot read properties of undefined",
  ],
  [
    "an exception behind an enum",
    'import { Currency } from "./lib/currencies";\n\nexport const catalog = (Currency as any).b.c;\n',
    "catalog.ts:3",
  ],
  ["something else that is thrown", 'throw "no catalog today";\n', "cannot be loaded: no catalog today"],
  [
    "other exports",
    "export const routes = [];\n",
    "exports no catalog, but routes. Export one that has app and routes",
  ],
];

test("a catalog that cannot be read is said with file and line", async () => {
  const loaded = await loadAll(faults.map(([, text]) => ["catalog.ts", text]));
  for (const [index, [fault, , expected]] of faults.entries()) {
    const { message = "" } = loaded[index]!;
    expect(`${fault}: ${message}`).toContain("[rumkit] catalog.ts");
    expect(`${fault}: ${message}`).toContain(expected);
  }
});

test("a file whose catalog is in another place, or that is not a module, is refused with the way out", async () => {
  const files: readonly (readonly [name: string, text: string, message: string])[] = [
    [
      "catalog.ts",
      'export const shop = { app: "shop", routes: ["/"] };',
      "catalog.ts exports its catalog as shop. Name it catalog: export { shop as catalog };",
    ],
    [
      "catalog.ts",
      'export default () => ({ app: "shop", routes: ["/"] });',
      "catalog.ts exports a function as default. Export its result: a catalog, or a promise of one.",
    ],
    ["catalog.json", '{ "app":', "catalog.json cannot be loaded: Unexpected end of JSON input"],
    ["catalog.yaml", "app: shop", 'catalog.yaml cannot be loaded: Unknown file extension ".yaml"'],
    ["lib/pages", "", "lib/pages is a folder. Name a file in it."],
  ];
  const loaded = await loadAll(files.map(([name, text]) => [name, text] as const));
  for (const [index, [, , expected]] of files.entries())
    expect(loaded[index]!.message?.startsWith(`[rumkit] ${expected}`), loaded[index]!.message).toBe(true);
});

test("what Node.js reads is read without the other loader, which strips types where Node.js does not", async () => {
  const refuse = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name === "jiti") throw new Error("jiti is loaded");
      return next(name, context);
    } });`;
  const node = [`--import=data:text/javascript,${encodeURIComponent(refuse)}`];
  const plain = `export const catalog = { app: "shop" as string, routes: ["/"] };`;
  const other = `enum A { b = "shop" }\nexport const catalog = { app: A.b, routes: ["/"] };`;
  const [first, second, third] = await loadAll(
    [
      ["catalog.ts", plain],
      ["catalog.ts", other],
      ["catalog.tsx", plain],
    ],
    node,
  );
  expect(first).toEqual({ catalog: { app: "shop", routes: ["/"] } });
  expect(second!.message).toContain("jiti is loaded");
  expect(third!.message).toContain("jiti is loaded");
  expect(await loadAll([["catalog.tsx", plain]])).toEqual([first]);
});

test("a catalog that does not exist is shown", async () => {
  await expect(loadCatalog("no/catalog.ts")).rejects.toThrow(
    /no\/catalog\.ts does not exist\. It must export a catalog[^]*defineCatalog\(\{/,
  );
});
