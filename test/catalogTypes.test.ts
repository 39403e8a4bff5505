/** The compiler's messages for mistakes in a catalog and for calls that it does not allow: what to do, and no `never`. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const CATALOG = `
import { createMetrics } from "@rumkit/browser";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
const app = "shop";
const routes = ["/"] as const;
const help = "A.";
const catalog = defineCatalog({
  app, routes,
  actions: { imported: { help, from: "server" } },
  conversions: { purchase: { help, from: "server", value: { money: ["USD"] } }, wish: { help } },
});
const page = createMetrics<typeof catalog>({ start: false });
const inline = createCollector({
  catalog: { app, routes, conversions: { purchase: { help, from: "server", labels: { kind: ["a"] }, value: { money: ["USD"] } } } },
});
`;

const CASES: [code: string, message: string][] = [
  [
    "defineCatalog({ app, routes, actoins: { a: { help } } });",
    '"actoins\\" is unknown here. Did you mean \\"actions\\"?',
  ],
  ["defineCatalog({ app, routes, debug: true });", '"debug\\" is unknown here. Known: app, routes, actions'],
  [
    "defineCatalog({ app, routes, actions: { a: { help, label: { c: ['x'] } } } });",
    '"label\\" is unknown here. Did you mean \\"labels\\"?',
  ],
  [
    "defineCatalog({ app, routes, actions: { a: { help, value: { money: ['USD'] } } } });",
    "money is in conversions",
  ],
  [
    "defineCatalog({ app, routes, conversions: { a: { help, values: { money: ['USD'] } } } });",
    '"values\\" is unknown here. Did you mean \\"value\\"?',
  ],
  ["defineCatalog({ app, routes, actions: { a: {} } });", "Property 'help' is missing"],
  [
    "createCollector({ catalog: { app, routes, conversions: { a: { help, values: {} } } } });",
    'Did you mean \\"value\\"?',
  ],
  ["createCollector({ catalog, allowedOrigin: [] });", "Did you mean to write 'allowedOrigins'?"],
  [
    "page.trackConversion('purchase');",
    '"purchase\\" is declared with from: \\"server\\": call collector.trackConversion on the server.',
  ],
  [
    "page.trackAction('imported');",
    '"imported\\" is declared with from: \\"server\\": call collector.trackAction on the server.',
  ],
  ["page.measure('wait', 1);", "The catalog declares no measurements."],
  ["page.trackConversion('whish');", '"wish"'],
  [
    "void inline.trackConversion('purchase', { kind: 'a', value: 1, currency: 'EUR' });",
    `'"EUR"' is not assignable to type '"USD"'`,
  ],
  [
    "void inline.trackConversion('purchase', { kind: 'b', value: 1, currency: 'USD' });",
    `'"b"' is not assignable to type '"a"'`,
  ],
  [
    "void inline.trackConversion('sold', {});",
    `'"sold"' is not assignable to parameter of type '"purchase"'`,
  ],
];

let errors: Map<number, string>;
beforeAll(() => {
  const folder = join(ROOT, ".tmp/catalogTypes");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "cases.ts"), CATALOG + CASES.map(([code]) => code).join("\n"));
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["*.ts"] }),
  );
  const { stdout } = spawnSync("tsc", ["-p", folder, "--pretty", "false"], { encoding: "utf8" });
  errors = new Map();
  for (const block of stdout.split(/\n(?=\S)/)) {
    const line = Number(/cases\.ts\((\d+),/.exec(block)?.[1]) - CATALOG.split("\n").length;
    errors.set(line, `${errors.get(line) ?? ""}${block}`);
  }
});

test.each(CASES.map(([code, message], index) => [code, message, index] as const))(
  "%s",
  (_code, message, index) => {
    expect(errors.get(index)).toContain(message);
    expect(errors.get(index)).not.toContain("type 'never'");
  },
);

test("nothing else is an error", () => {
  expect([...errors.keys()].toSorted((a, b) => a - b)).toEqual(CASES.map((_, index) => index));
});
