/** The bytes of a page, as Vite builds it: a budget for each import, and nothing that it does not name. */
import * as browser from "@rumkit/browser";
import { describe, expect, test } from "vitest";
import { bundle } from "./support/bundle.ts";
import {
  codeOf,
  CORE,
  CORE_AND_VITALS,
  DEFAULT_SET,
  EVERY_SOURCE,
  SCRIPT_TAG,
} from "./support/pageEntries.ts";

/** Bytes after brotli at most. */
const ENTRIES = [
  {
    title: "core: page views, clicks, errors, typed calls, queue, transport",
    code: codeOf(CORE),
    brotli: 2_500,
  },
  { title: "core with five vitals and soft navigations", code: codeOf(CORE_AND_VITALS), brotli: 5_800 },
  { title: "createMetrics(): the default set", code: codeOf(DEFAULT_SET), brotli: 9_000 },
  { title: "/rum.js: the default set for pages without a bundler", code: SCRIPT_TAG, brotli: 9_350 },
  { title: "every source", code: codeOf(EVERY_SOURCE), brotli: 10_900 },
  { title: "an unused import", code: 'import { createMetrics } from "@rumkit/browser";', brotli: 0 },
] as const;

describe("what a page downloads", () => {
  const rows = ENTRIES.map(({ title, code, brotli }) => ({ title, sizes: bundle(code), budget: brotli }));

  test.each(rows)("$title: at most $budget bytes", async ({ title, sizes, budget }) => {
    const { minified, gzip, brotli } = (await sizes).sizes;
    process.stdout.write(
      `${title.padEnd(66)}min ${minified}, gzip ${gzip}, brotli ${brotli} of ${budget} B\n`,
    );
    expect(brotli).toBeLessThanOrEqual(budget);
    // A bundle from which the code is gone fits every budget.
    expect(brotli).toBeGreaterThanOrEqual(budget * 0.8);
  });

  test.each(Object.keys(browser))("has no byte of %s that is imported and not used", async (name) => {
    expect((await bundle(`import { ${name} } from "@rumkit/browser";`)).text).toBe("");
  });

  test("has nothing of the server in it, and nothing of the catalog", async () => {
    const { files, text } = await bundle(`
      import { createMetrics } from "@rumkit/browser";
      import type { catalog } from "./examples/shop/catalog.ts";
      export const metrics = createMetrics<typeof catalog>();
    `);
    expect(files.filter((file) => /packages\/browser/.test(file))).not.toEqual([]);
    expect(
      files.filter((file) =>
        /packages\/(server|cli|live-page)|zod|hono|prom-client|\/catalog\.ts$/.test(file),
      ),
    ).toEqual([]);
    expect(text).not.toContain("Items put into the cart");
    expect(text).not.toContain("add_to_cart");
  });
});
