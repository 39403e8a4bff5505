import { brotliCompressSync, gzipSync } from "node:zlib";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

interface Bundle {
  readonly text: string;
  /** Every file that left a byte in the bundle. */
  readonly files: readonly string[];
  readonly sizes: { minified: number; gzip: number; brotli: number };
}

/** Bundles a page's code as a user's build does: minified, for today's browsers, React from elsewhere. */
async function bundle(code: string): Promise<Bundle> {
  const result = await build({
    stdin: { contents: code, resolveDir: join(import.meta.dirname, ".."), loader: "ts" },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    conditions: ["@rumkit/source"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["react", "react/jsx-runtime"],
    legalComments: "none",
  });
  const [output] = Object.values(result.metafile.outputs);
  const bytes = result.outputFiles[0]!.contents;
  const files = Object.entries(output!.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    text: result.outputFiles[0]!.text,
    files: files.map(([file]) => file),
    sizes: {
      minified: bytes.length,
      gzip: gzipSync(bytes, { level: 9 }).length,
      brotli: brotliCompressSync(bytes).length,
    },
  };
}

/** Bytes after brotli at most: 6 kB for everything, of which `web-vitals` is half; the others may not grow. */
const ENTRIES = [
  {
    title: "createMetrics: page views, clicks, vitals, errors, calls, transport",
    code: 'import { createMetrics } from "@rumkit/browser"; createMetrics();',
    brotli: 6_000,
  },
  {
    title: "the same without vitals",
    code: `import { clicks, createMetricsWith, errors, pageViews } from "@rumkit/browser";
           createMetricsWith([pageViews(), clicks(), errors()]);`,
    brotli: 3_250,
  },
  {
    title: "@rumkit/react, with everything above",
    code: `import { MetricsProvider, useActionTracking } from "@rumkit/react"; globalThis.all = [MetricsProvider, useActionTracking];`,
    brotli: 6_500,
  },
  { title: "an unused import", code: 'import { createMetrics } from "@rumkit/browser";', brotli: 1 },
] as const;

describe("what a page downloads", () => {
  test("stays within its budget", async () => {
    const rows = await Promise.all(
      ENTRIES.map(async ({ title, code, brotli }) => ({
        title,
        ...(await bundle(code)).sizes,
        budget: brotli,
      })),
    );
    const table = rows.map(({ title, minified, gzip, brotli, budget }) =>
      [title.padEnd(70), ...[minified, gzip, brotli, budget].map((size) => String(size).padStart(8))].join(
        "",
      ),
    );
    const head = [
      "bytes".padEnd(70),
      ...["min", "gzip", "brotli", "budget"].map((name) => name.padStart(8)),
    ].join("");
    process.stdout.write(`\n${[head, ...table].join("\n")}\n`);
    for (const { title, brotli, budget } of rows) expect(brotli, title).toBeLessThanOrEqual(budget);
  });

  test("has nothing of the server in it, and nothing of the catalogue", async () => {
    const { files, text } = await bundle(`
      import { createMetrics } from "@rumkit/browser";
      import type { catalog } from "./examples/shop/catalog.ts";
      export const metrics = createMetrics<typeof catalog>();
    `);
    expect(
      files.filter((file) => /packages\/(server|dashboard)|zod|hono|prom-client|catalog/.test(file)),
    ).toEqual([]);
    expect(text).not.toContain("Items put into the cart");
    expect(text).not.toContain("add_to_cart");
  });
});
