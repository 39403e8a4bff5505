/** The built packages on the oldest Node.js that they accept: its SQLite keeps a journal, and the command starts. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const OLDEST_NODE = join(ROOT, "test/oldestNode/node_modules/node/bin/node");
const CLI = join(ROOT, "packages/cli/dist/bin/rumkit.js");
const CATALOG = '{ app: "oldest", routes: ["/"], actions: { step: { help: "Steps." } } }';

const run = promisify(execFile);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-oldest-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("is the oldest one that the packages accept", async () => {
  const { stdout } = await run(OLDEST_NODE, ["--version"]);
  const { engines } = JSON.parse(readFileSync(join(ROOT, "packages/server/package.json"), "utf8")) as {
    engines: { node: string };
  };
  expect(engines.node.startsWith(`^${stdout.trim().slice(1)} `)).toBe(true);
});

/** A separate process, as after a restart: one batch comes twice, then another one, and the journal keeps both. */
async function countBatches(...ids: string[]): Promise<string> {
  const code = `
    import { createCollector, openSqliteJournal } from "@rumkit/server";
    const journal = await openSqliteJournal({ path: ${JSON.stringify(join(folder, "journal.sqlite"))}, app: "oldest" });
    const collector = createCollector({ catalog: ${CATALOG}, journal, bots: "count",
      runtimeMetrics: false, allowedOrigins: ["https://a.example"] });
    for (const id of ${JSON.stringify(ids)}) {
      const body = { v: 1, id: id.padStart(32, "0"), session: "5".repeat(32), sentAt: 1,
        events: [{ type: "action", route: "/", name: "step" }] };
      const { ok, status } = await collector.app.request("/collect", {
        method: "POST", headers: { origin: "https://a.example" }, body: JSON.stringify(body) });
      if (!ok) throw new Error("The batch was answered with " + status);
    }
    const metrics = await (await collector.app.request("/metrics")).text();
    await collector.stop();
    console.log(/^rum_actions_total\\{.*$/m.exec(metrics)[0]);`;
  const { stdout, stderr } = await run(OLDEST_NODE, ["--input-type=module", "--eval", code], { cwd: ROOT });
  // This SQLite is experimental to Node 22, which is nothing that an app has to hear.
  expect(stderr).toBe("");
  return stdout.trim();
}

test("a journal counts every batch once, also after a restart", async () => {
  expect(await countBatches("a", "a")).toMatch(/action="step".*\} 1$/);
  expect(await countBatches("a", "b")).toMatch(/action="step".*\} 2$/);
});

test("the command checks a catalog that is written in TypeScript", async () => {
  const catalog = join(folder, "catalog.ts");
  writeFileSync(catalog, `export const catalog: object = ${CATALOG};`);
  const rumkit = async (...args: string[]) =>
    (await run(OLDEST_NODE, [CLI, ...args], { cwd: folder })).stdout;
  expect(await rumkit("check", catalog)).toContain("oldest");
  expect(await rumkit("lint", "catalog.ts", "--format", "github")).toBe("");
  await rumkit("generate", "catalog.ts", "--out", "out", "--metrics-json", "metrics.json");
  writeFileSync(catalog, `export const catalog: object = ${CATALOG.replace("step:", "stepp:")};`);
  expect(await rumkit("diff", "--old-json", "metrics.json", "catalog.ts")).toContain(
    '  ! rum_actions_total{action="step"} is probably renamed to "stepp", which begins at 0.\n',
  );
});

test.each([{}, { type: "commonjs" }])(
  "the command warns of no catalog in an app with %j",
  async (manifest) => {
    const app = mkdtempSync(join(folder, "app-"));
    writeFileSync(join(app, "package.json"), JSON.stringify(manifest));
    writeFileSync(join(app, "catalog.ts"), `export const catalog: object = ${CATALOG};`);
    const { stdout, stderr } = await run(OLDEST_NODE, [CLI, "check", "catalog.ts"], { cwd: app });
    expect(stdout).toContain("OK: the catalog");
    expect(stderr).toBe("");
  },
);

/** Starts `rumkit serve` with a journal, stops it once it is ready, and returns everything that it wrote to stderr. */
async function serve(...flags: string[]): Promise<string> {
  const journal = join(folder, `${flags.length}.journal`);
  const child = spawn(OLDEST_NODE, [...flags, CLI, "serve", "--port", "0", "--journal", journal], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => (stderr += String(text)));
  child.stdout.once("data", () => child.kill("SIGTERM"));
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  return stderr;
}

test("the command serves with a journal, and prints no warning of SQLite", async () => {
  expect(await serve()).not.toContain("Warning");
  const check = [CLI, "serve", "--check", "--journal", join(folder, "0.journal")];
  expect((await run(OLDEST_NODE, check, { cwd: folder })).stderr).not.toContain("Warning");
});

test("the command prints every other warning", async () => {
  const warn = join(folder, "warn.mjs");
  writeFileSync(warn, 'setTimeout(() => process.emitWarning("Look here.", "ExperimentalWarning"), 1);');
  const warnings = (await serve("--import", warn)).match(/\w+Warning: .*/g);
  expect(warnings).toEqual(["ExperimentalWarning: Look here."]);
});
