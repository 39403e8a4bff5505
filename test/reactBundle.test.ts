/** What `@rumkit/react` adds to a page that has `@rumkit/browser`, React and a router already. */
import { expect, test } from "vitest";
import { bundle } from "./bundle.ts";

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
const SHARED = [/\/useMetrics\.ts$/, /\/useEarlyEffect\.ts$/];

const ENTRIES = [
  { entry: "@rumkit/react", brotli: 1_200, shared: [] },
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
