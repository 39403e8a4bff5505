import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Every file that a process loads when it imports a package, below the root of the repository. */
async function filesOf(name: string, condition = "@rumkit/source"): Promise<string[]> {
  const code = `
    import { registerHooks } from "node:module";
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    await import(${JSON.stringify(name)});
    console.log(JSON.stringify(urls));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [`--conditions=${condition}`, "--input-type=module", "--eval", code],
    { cwd: ROOT },
  );
  const urls = JSON.parse(stdout) as string[];
  return urls.filter((url) => url.startsWith("file:")).map((url) => url.slice(`file://${ROOT}/`.length));
}

/** Packages by the folders of their files. */
const isOf = (file: string, ...packages: string[]): boolean =>
  packages.some(
    (name) => file.startsWith(`packages/${name}/src/`) || file.includes(`/node_modules/${name}/`),
  );

test("a service that only reports loads its client and the contract", async () => {
  const files = await filesOf("@rumkit/client");
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !isOf(file, "client", "protocol"))).toEqual([]);
});

test("an app that mounts a collector loads neither the command, the generators nor a library for later", async () => {
  const files = await filesOf("@rumkit/server");
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => isOf(file, "cli", "browser", "react"))).toEqual([]);
  const packages = files.flatMap((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  // The last three come with prom-client.
  const expected = [
    "@hono/node-server",
    "hono",
    "isbot",
    "prom-client",
    "@opentelemetry/api",
    "bintrees",
    "tdigest",
  ];
  expect([...new Set(packages)].toSorted()).toEqual(expected.toSorted());
});

test("a collector as it is published is in few files, because each one costs the start of the app", async () => {
  const files = await filesOf("@rumkit/server", "default");
  const ours = files.filter((file) => file.startsWith("packages/server/"));
  expect(ours).toContain("packages/server/dist/index.js");
  expect(ours.length).toBeLessThan(30);
});

test("the generators load no collector", async () => {
  const files = await filesOf("rumkit/generate");
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((file) => isOf(file, "hono", "prom-client", "jiti"))).toEqual([]);
});
