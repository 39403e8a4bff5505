/** The bytes that `@rumkit/react` adds to a page that has `@rumkit/browser`, React and a router already. */
import { expect, test } from "vitest";
import { bundle } from "./support/bundle.ts";

const EXTERNAL = [
  "@rumkit/browser",
  /^react(\/|$)/,
  "react-router",
  "@tanstack/react-router",
  /^next\//,
] as const;

/** Bytes after brotli. */
async function sizeOf(code: string, shared: readonly RegExp[] = []): Promise<number> {
  return (await bundle(code, { external: [...EXTERNAL, ...shared] })).sizes.brotli;
}

/** A page has these of the main entry, where its provider is. */
const SHARED = [/\/(useMetrics|useEarlyEffect|useLastingEffect|countRenderError|isControlFlow)\.ts$/];

const ENTRIES = [
  { entry: "@rumkit/react", brotli: 1_600, shared: [] },
  { entry: "@rumkit/react/client", brotli: 1_400, shared: [] },
  { entry: "@rumkit/react/error-report", brotli: 500, shared: SHARED },
  { entry: "@rumkit/react/react-router", brotli: 500, shared: SHARED },
  { entry: "@rumkit/react/react-router-data", brotli: 500, shared: SHARED },
  { entry: "@rumkit/react/tanstack-router", brotli: 500, shared: SHARED },
  { entry: "@rumkit/react/next-app", brotli: 500, shared: SHARED },
  { entry: "@rumkit/react/next-pages", brotli: 500, shared: SHARED },
] as const;

test.each(ENTRIES)(
  "all of $entry is at most $brotli bytes after brotli",
  async ({ entry, brotli, shared }) => {
    const code = `export * from "${entry}";`;
    const size = await sizeOf(code, shared);
    process.stdout.write(
      `${entry.padEnd(34)}${String(size).padStart(6)} of ${brotli} B, alone ${await sizeOf(code)} B\n`,
    );
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThanOrEqual(brotli);
  },
);

test("an unused import costs nothing", async () => {
  expect(await sizeOf('import { useMetrics } from "@rumkit/react";')).toBe(0);
});

/** React users get the small bundle as well: the sources that they name, and what a provider and a hook cost. */
const SMALL_PAGE = `
  import { clicks, createMetricsWith, errors, pageViews } from "@rumkit/browser";
  import { MetricsProvider, createMetricsContext } from "@rumkit/react/client";
  export const client = createMetricsWith([pageViews(), clicks(), errors()]);
`;

/** The bytes of a page without React and its router. */
const pageOf = (code: string) =>
  bundle(code, { external: [/^react(\/|$)/, "react-router", "@tanstack/react-router", /^next\//] });

test.each([
  {
    title: "a provider and a hook",
    code: 'export { MetricsProvider, useActionTracking } from "@rumkit/react/client";',
    brotli: 250,
  },
  { title: "all hooks, typed", code: "export const typed = createMetricsContext();", brotli: 1_100 },
  {
    title: "everything and a router's binding",
    code: 'export * from "@rumkit/react/client"; export * from "@rumkit/react/react-router-data";',
    brotli: 1_700,
  },
  {
    title: "everything and Next.js' binding",
    code: 'export * from "@rumkit/react/client"; export * from "@rumkit/react/next-app";',
    brotli: 1_700,
  },
])("with three sources, $title adds at most $brotli bytes after brotli", async ({ title, code, brotli }) => {
  const without = await pageOf(SMALL_PAGE);
  const { sizes, files } = await pageOf(SMALL_PAGE + code);
  const added = sizes.brotli - without.sizes.brotli;
  process.stdout.write(`3 sources ${without.sizes.brotli} B; ${title}: ${added} of ${brotli} B more\n`);
  expect(added).toBeGreaterThan(0);
  expect(added).toBeLessThanOrEqual(brotli);
  expect(files.filter((file) => /createMetrics\.ts|vitals|frustration/.test(file))).toEqual([]);
});
