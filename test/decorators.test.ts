import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createCollector } from "@rumkit/server";
import { transformSync } from "esbuild";
import { describe, expect, onTestFinished, test } from "vitest";
import { scrape } from "./support/scrape.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".tmp/decorators");

const catalog = { app: "shop", routes: ["/"], jobs: { invoice: { help: "Invoices." } } } as const;

/** Code of an app. Vitest reads no decorators, so this is compiled here, by the compilers of apps. */
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

const LEGACY = `
import "reflect-metadata";
import type { Collector } from "@rumkit/server";

type Shop = { app: "shop"; routes: ["/"]; jobs: { invoice: { help: string } } };

// What a framework notes on the method itself, as NestJS' decorators do.
function Note(text: string): MethodDecorator {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata("note", text, descriptor.value as object);
    return descriptor;
  };
}

export function createInvoices({ tracked }: Pick<Collector<Shop>, "tracked">) {
  class Invoices {
    #sent = 0;
    @tracked("invoice")
    @Note("below")
    async send(price: number): Promise<string> {
      this.#sent += price;
      return \`\${this.#sent} sent\`;
    }
    @Note("above")
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
  const text: Promise<string> = invoices.send(3);
  return {
    text,
    fail: () => invoices.fail(),
    lines: [...invoices.lines(2)],
    price: Invoices.price(4),
    notes: [invoices.send, invoices.fail].map((method) => Reflect.getMetadata("note", method) as unknown),
    misuse: () => {
      class Wrong {
        // @ts-expect-error -- a property is not a method
        @tracked("invoice")
        sent = 0;
      }
      return new Wrong();
    },
  };
}
`;

type Compile = (source: string, isLegacy: boolean) => string;

const compilers: Readonly<Record<string, Compile>> = {
  "TypeScript 7": (source, isLegacy) => {
    const folder = join(FOLDER, isLegacy ? "legacy" : "standard");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "invoices.ts"), source);
    const config = {
      extends: "../../../tsconfig.json",
      compilerOptions: {
        target: "es2023",
        noEmit: false,
        outDir: "out",
        rootDir: ".",
        experimentalDecorators: isLegacy,
        // What is built, as apps have it: its sources would be compiled along.
        customConditions: [],
        allowImportingTsExtensions: false,
      },
      files: ["invoices.ts"],
      include: [],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const { stdout } = spawnSync("tsc", ["-p", folder], { encoding: "utf8" });
    expect(stdout).toBe("");
    return readFileSync(join(folder, "out/invoices.js"), "utf8");
  },
  esbuild: (source, isLegacy) =>
    transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "es2022",
      tsconfigRaw: { compilerOptions: { experimentalDecorators: isLegacy } },
    }).code,
};

async function runCompiled(name: string, source: string, isLegacy: boolean) {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${name.replace(" ", "")}-${isLegacy}.mjs`);
  writeFileSync(file, compilers[name]!(source, isLegacy));
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const { createInvoices } = (await import(pathToFileURL(file).href)) as {
    createInvoices: (calls: Pick<typeof collector, "tracked">) => {
      text: Promise<string>;
      fail: () => never;
      lines: number[];
      price: number;
      notes?: string[];
      misuse?: () => unknown;
    };
  };
  const invoices = createInvoices(collector);
  expect([await invoices.text, invoices.lines, invoices.price]).toEqual(["3 sent", [0, 1], 8]);
  expect(invoices.fail).toThrow("broken");
  const counted = await scrape(collector.app);
  expect(counted.get('jobs_accepted_total{job_name="invoice"}')).toBe(4);
  expect(counted.get('job_duration_seconds_count{job_name="invoice",outcome="done"}')).toBe(3);
  expect(counted.get('job_duration_seconds_count{job_name="invoice",outcome="error"}')).toBe(1);
  return invoices;
}

describe.each(Object.keys(compilers))("methods are jobs, as %s compiles them", (name) => {
  test("by a standard decorator", async () => {
    await runCompiled(name, SOURCE, false);
  });

  test("by a decorator of experimentalDecorators, beside those of a framework", async () => {
    const { notes, misuse } = await runCompiled(name, LEGACY, true);
    expect(notes).toEqual(["below", "above"]);
    expect(misuse).toThrow('[rumkit] @tracked is on "sent", which is not a method');
  });
});
