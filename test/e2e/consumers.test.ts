/**
 * The tests of an app that uses the hooks, in the runners that teams have and with the configuration that those write:
 * they pass, write nothing on the console and ask nothing of the network.
 */
import { execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";

const CONSUMERS = join(import.meta.dirname, "../consumers");
const PACKAGES = join(import.meta.dirname, "../../packages");
/** Below the folder whose `node_modules` has the runners, so that they are found from there. */
const APP = join(CONSUMERS, ".tmp/app");

/** Copies, since a link leads out of `node_modules`, where a runner would compile what it leaves alone there. */
beforeAll(() => {
  rmSync(APP, { recursive: true, force: true });
  cpSync(join(CONSUMERS, "app"), APP, { recursive: true });
  for (const name of ["protocol", "browser", "react"])
    for (const part of ["package.json", "dist"])
      cpSync(join(PACKAGES, name, part), join(APP, "node_modules/@rumkit", name, part), { recursive: true });
});

interface Ended {
  readonly code: unknown;
  readonly output: string;
}

/** Runs a runner as in a new shell: without what this test runner has set. */
async function run(
  script: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  return await new Promise((resolve) => {
    const shell = { PATH, HOME, NO_COLOR: "1", CI: "1", ...env } as unknown as NodeJS.ProcessEnv;
    const options = { cwd: APP, env: shell, encoding: "utf8" } as const;
    execFile(process.execPath, [script, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, output: stdout + stderr }),
    );
  });
}

describe.concurrent.each(["29", "30"])("Jest %s", (version) => {
  test.each(["commonjs", "esm"])("%s", async (modules) => {
    const ended = await run(
      join(CONSUMERS, `node_modules/jest-${version}/bin/jest.js`),
      ["--runInBand", "--config", "jest.config.cjs"],
      {
        CONSUMER_JEST: version,
        CONSUMER_MODULES: modules,
        ...(modules === "esm" && { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" }),
      },
    );
    expect(ended).toEqual({ code: 0, output: expect.stringMatching(/Tests: +6 passed, 6 total/) as string });
    expect(ended.output).not.toContain("console.");
    expect(ended.output).not.toContain("did not exit");
  });
});

test.concurrent("Vitest, and MSW that takes an unknown request for an error", async () => {
  const ended = await run(join(CONSUMERS, "node_modules/vitest/vitest.mjs"), ["run"]);
  expect(ended).toEqual({ code: 0, output: expect.stringMatching(/Tests +7 passed \(7\)/) as string });
  expect(ended.output).not.toMatch(/stdout \||stderr \||MSW/);
});

interface Window extends EventTarget {
  fetch: (url: string, init: { readonly body: string }) => Promise<Response>;
  eval: (code: string) => void;
  close: () => void;
  readonly document: { readonly querySelector: (selector: string) => { readonly click: () => void } | null };
}

interface Jsdom {
  readonly JSDOM: new (html: string, options: object) => { readonly window: Window };
}

test.concurrent("webpack 4 makes an app that counts", async () => {
  const build = `require("webpack")(require("./webpack.config.cjs"), (error, stats) => {
    if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
  })`;
  expect(await run("--eval", [build])).toEqual({ code: 0, output: "" });
  const { JSDOM } = createRequire(join(CONSUMERS, "package.json"))("jsdom") as Jsdom;
  const { window } = new JSDOM("<body></body>", { runScripts: "outside-only", url: "https://shop.example/" });
  const bodies: string[] = [];
  window.fetch = async (_url, { body }) => {
    bodies.push(body);
    return Response.json({});
  };
  window.eval(readFileSync(join(APP, "main.js"), "utf8"));
  await expectSoon(() => window.document.querySelector("button") !== null).toBe(true);
  window.document.querySelector("button")!.click();
  await expectSoon(() => bodies.join("\n")).toContain('"add_to_cart"');
  window.close();
});

interface Parser {
  readonly parse: (code: string, options: { readonly ecmaVersion: number }) => unknown;
}

/** webpack 4 and Parcel without `packageExports` take `main`; webpack 4 reads ES2019, and nothing newer. */
test.each(["protocol", "browser", "react"])("@rumkit/%s for tools that do not read exports", (name) => {
  const folder = join(APP, "node_modules/@rumkit", name);
  const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { main: string };
  // Parcel and webpack 4 find the file; Node.js finds it as CommonJS in a package of ES modules.
  const loaded = createRequire(join(APP, "shop.cjs"))(join(folder, main)) as object;
  expect(Object.keys(loaded)).not.toEqual([]);
  const { parse } = createRequire(join(CONSUMERS, "package.json"))("acorn") as Parser;
  const files = readdirSync(join(folder, "dist/cjs"), { recursive: true, encoding: "utf8" });
  const scripts = files.filter((file) => file.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(5);
  for (const file of scripts)
    expect(() =>
      parse(readFileSync(join(folder, "dist/cjs", file), "utf8"), { ecmaVersion: 2019 }),
    ).not.toThrow();
});
