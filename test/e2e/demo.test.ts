/** `npm run demo` in a folder where nothing is installed, as a newcomer runs it. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";
import { readWorlds } from "../../scripts/worlds.mjs";
import { startProgram } from "../support/started.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The whole workspace has 430 packages; the demo takes at most a third. */
const MOST_PACKAGES = 140;

/** A copy of everything that a clone would have. */
function cloneFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-demo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const names = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  for (const name of names.trim().split("\n"))
    if (existsSync(join(ROOT, name))) cpSync(join(ROOT, name), join(folder, name));
  return folder;
}

test("a fresh copy starts in fifteen calm lines, and ends with what to open", async () => {
  const folder = cloneFiles();
  const port = await freePort();
  const demo = await startProgram("npm", ["run", "demo"], {
    cwd: folder,
    env: { PORT: String(port), CI: "" },
    ready: /^Open http/m,
    withChildren: true,
  });
  onTestFinished(demo.stop);
  const lines = demo.output().trim().split("\n");
  expect(lines.length, demo.output()).toBeLessThanOrEqual(15);
  expect(demo.output()).not.toMatch(/warn|error|deprecat/i);
  expect(readdirSync(join(folder, "node_modules/.pnpm")).length).toBeLessThanOrEqual(MOST_PACKAGES);

  const origin = `http://127.0.0.1:${port}`;
  expect(demo.output()).toContain(`${origin}/realtime`);
  for (const path of ["/", "/realtime", "/metrics", "/api/rumkit/alerts"])
    expect((await fetch(origin + path)).status).toBe(200);
  expect(lines.at(-1)).toContain(`Open ${origin}/demo`);
  await useSplitView(origin);
  const revenue = async (): Promise<string> => (await fetch(`${origin}/metrics`)).text();
  await expect.poll(revenue, { timeout: 200_000 }).toMatch(/^revenue_total\{.*\} [1-9]/m);
});

test("every other world starts with what the demo installs for it", async () => {
  const folder = cloneFiles();
  for (const { name } of readWorlds(ROOT).filter((world) => world.name !== "shop")) {
    const port = await freePort();
    const demo = await startProgram("npm", ["run", "demo", "--", name, "--no-load"], {
      cwd: folder,
      env: { PORT: String(port), CI: "" },
      ready: /^Metrics +http/m,
      withChildren: true,
    });
    onTestFinished(demo.stop);
    for (const path of ["/", "/realtime", "/metrics"])
      expect([name, (await fetch(`http://127.0.0.1:${port}${path}`)).status]).toEqual([name, 200]);
    await demo.stop();
  }
});

/** In the page that the demo names, the shop works beside a live page that is live, and above it on a phone. */
async function useSplitView(origin: string): Promise<void> {
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`${origin}/demo`);
  const shop = page.frameLocator("iframe[title=Shop]");
  const live = page.frameLocator("iframe[title='Live page']");
  await live.getByText("Live", { exact: true }).first().waitFor();
  const isLeft = async (): Promise<boolean> => {
    const [left, right] = await page.locator("iframe").all();
    const [a, b] = [await left!.boundingBox(), await right!.boundingBox()];
    return a!.x + a!.width <= b!.x;
  };
  expect(await isLeft()).toBe(true);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await isLeft()).toBe(false);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  await shop.getByRole("link", { name: "The Salt Roads of Ister" }).first().click();
  await shop.getByRole("heading", { name: "The Salt Roads of Ister" }).waitFor();
}

describe("before anything is installed", () => {
  const demo = (args: readonly string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, ["scripts/demo.mjs", ...args], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, ...env },
    });

  test("--help says what there is", () => {
    expect(demo(["--help"])).toMatchObject({ status: 0, stderr: "" });
    for (const flag of ["--story", "--no-story", "--no-visitors", "--seed"])
      expect(demo(["--help"]).stdout).toContain(flag);
  });

  test.each(readWorlds(ROOT))("$name is in the list, and --help names its flags", (world) => {
    expect(demo(["--list"]).stdout).toContain(`  ${world.name} `);
    const { status, stdout } = demo([world.name, "--help"]);
    expect({
      status,
      names: Object.keys(world.flags).filter((flag) => !stdout.includes(`  --${flag}`)),
    }).toEqual({
      status: 0,
      names: [],
    });
    expect(stdout).toContain(world.description);
  });

  test.each([
    ["an unknown flag", ["--visitors"], {}, "--visitors"],
    ["a seed that is not a number", ["--seed", "x"], {}, '--seed must be a whole number: "x".'],
    [
      "a story without visitors",
      ["--story", "--no-visitors"],
      {},
      "--story and --no-visitors exclude each other",
    ],
    ["an unknown world", ["bookshop"], {}, '"bookshop" is not a world.'],
    ["a word after the flags", ["--seed", "1", "shop"], {}, "Unexpected argument 'shop'"],
    ["a port that is not a number", [], { PORT: "auto" }, 'PORT must be a whole number: "auto".'],
    ["a port that no machine has", [], { PORT: "70000" }, "PORT must be 65535 or less: 70000."],
    ["an address of another machine", [], { HOST: "192.0.2.1" }, "cannot listen on 192.0.2.1"],
  ])("%s ends it with a sentence", (_what, args, env, sentence) => {
    const { status, stdout, stderr } = demo(args, env);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  test("a port in use ends it with one that may be free", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const { status, stderr } = demo([], { PORT: String(port) });
    other.close();
    expect(status).toBe(1);
    expect(stderr).toBe(`[rumkit] Port ${port} is in use. Choose another: PORT=${port + 1} npm run demo\n`);
  });
});
