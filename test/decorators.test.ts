import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCollector } from "@rumkit/server";
import { transformSync } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { scrape } from "./scrape.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".tmp/decorators");

const catalog = { app: "shop", routes: ["/"], jobs: { invoice: { help: "Invoices." } } } as const;

/** What an app writes. Vitest reads no decorators, so this is compiled here, by what apps are compiled by. */
const SOURCE = `
import type { Collector } from "@rumkit/server";

type Shop = { app: "shop"; routes: ["/"]; jobs: { invoice: { help: string } } };

export function createInvoices({ tracked }: Pick<Collector<Shop>, "tracked">) {
  class Invoices {
    #sent = 0;
    @tracked("invoice")
    async send(price: number): Promise<string> {
      this.#sent += price;
      return \`\${this.#sent} sent\`;
    }
    @tracked("invoice")
    fail(): never {
      throw new Error("broken");
    }
    @tracked("invoice")
    *lines(count: number): Generator<number> {
      for (let line = 0; line < count; line += 1) yield line;
    }
    @tracked("invoice")
    static price(amount: number): number {
      return amount * 2;
    }
  }
  const invoices = new Invoices();
  // Types are kept: this would not compile where the decorator widened them.
  const text: Promise<string> = invoices.send(3);
  return { text, fail: () => invoices.fail(), lines: [...invoices.lines(2)], price: Invoices.price(4) };
}
`;

const compilers: Readonly<Record<string, () => string>> = {
  "TypeScript 7": () => {
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: {
        target: "es2023",
        noEmit: false,
        outDir: "out",
        rootDir: ".",
        // What is built, as apps have it: its sources would be compiled along.
        customConditions: [],
        allowImportingTsExtensions: false,
      },
      files: ["invoices.ts"],
    };
    writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = spawnSync("tsc", ["-p", FOLDER], { encoding: "utf8" });
    expect(stdout).toBe("");
    return readFileSync(join(FOLDER, "out/invoices.js"), "utf8");
  },
  esbuild: () => transformSync(SOURCE, { loader: "ts", format: "esm", target: "es2022" }).code,
};

test.each(Object.entries(compilers))(
  "methods are jobs by a standard decorator, as %s compiles it",
  { timeout: 60_000 },
  async (name, compile) => {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(join(FOLDER, "invoices.ts"), SOURCE);
    const file = join(FOLDER, `${name.replace(" ", "")}.mjs`);
    writeFileSync(file, compile());
    const collector = createCollector({ catalog, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const { createInvoices } = (await import(pathToFileURL(file).href)) as {
      createInvoices: (calls: Pick<typeof collector, "tracked">) => {
        text: Promise<string>;
        fail: () => never;
        lines: number[];
        price: number;
      };
    };
    const { text, fail, lines, price } = createInvoices(collector);
    expect([await text, lines, price]).toEqual(["3 sent", [0, 1], 8]);
    expect(fail).toThrow("broken");
    const counted = await scrape(collector.app);
    expect(counted.get('jobs_accepted_total{job="invoice"}')).toBe(4);
    expect(counted.get('job_duration_seconds_count{job="invoice",outcome="done"}')).toBe(3);
    expect(counted.get('job_duration_seconds_count{job="invoice",outcome="error"}')).toBe(1);
  },
);
