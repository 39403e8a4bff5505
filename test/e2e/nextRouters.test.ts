/**
 * The same walk through apps of Next.js, with its own development server (StrictMode) and its production build:
 * App Router and Pages Router.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { visitNextPaths } from "./nextPaths.ts";
import { SIX_VIEWS_THREE_NAMES, walkThrough } from "./walkThrough.ts";

const NEXT = join(import.meta.dirname, "../next");

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Runs a program of Node.js as Next.js wants it: it knows only its two modes, and need not call home. */
function run(mode: "development" | "production", program: string, ...args: string[]): ChildProcess {
  return spawn(program, args, {
    env: { ...process.env, NODE_ENV: mode, NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe.each([
  { title: "Next.js App Router", folder: join(NEXT, "nextApp"), visitPaths: visitNextPaths },
  { title: "Next.js Pages Router", folder: join(NEXT, "nextPages"), visitPaths: undefined },
])("$title", ({ folder, visitPaths }) => {
  test.each(["development", "production"] as const)(
    "six views, three names, in %s",
    async (mode) => {
      if (mode === "production") {
        const build = run(mode, join(NEXT, "node_modules/.bin/next"), "build", folder);
        build.stdout?.resume();
        expect(await once(build, "exit")).toEqual([0, null]);
      }
      const server = run(mode, process.execPath, join(NEXT, "serveNext.ts"), folder, mode);
      try {
        const origin = await originOf(server);
        expect(await walkThrough(browser, origin)).toEqual(SIX_VIEWS_THREE_NAMES);
        await visitPaths?.(browser, origin);
      } finally {
        server.kill();
        await once(server, "exit");
      }
      // In development, Next.js compiles every page when it is first asked for.
    },
    300_000,
  );
});

/** The line that the server prints when it listens; Next.js prints others. */
async function originOf({ stdout }: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: stdout! }))
    if (line.startsWith("http://127.0.0.1:")) return line;
  throw new Error("The server ended before it listened.");
}
