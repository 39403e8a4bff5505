import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type CommandOutcome, runCommand } from "../../../../test/support/commandOutput.ts";
import { main } from "./main.ts";

const CLI = join(import.meta.dirname, "../bin/rumkit.ts");
const MAP = '{"version":3,"sources":["a.ts"],"names":[],"mappings":"AAAA"}';

const before = process.cwd();
let folder: string;
let server: Server | undefined;
let asked: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-maps-"));
  process.chdir(folder);
  vi.stubEnv("RUMKIT_TOKEN", "t".repeat(24));
  asked = [];
  await writeFile(join(folder, "1m.js"), "f();\n//# sourceMappingURL=0v.js.map");
  await writeFile(join(folder, "0v.js.map"), MAP);
});
afterEach(async () => {
  server?.close();
  server = undefined;
  vi.unstubAllEnvs();
  process.chdir(before);
  await rm(folder, { recursive: true });
});

const sourcemaps = (...args: string[]) => runCommand(() => main(["sourcemaps", ...args]));

const upload = (url: string, ...args: string[]): Promise<CommandOutcome> =>
  sourcemaps("upload", ".", "--release", "r1", "--url", url, ...args);

/** The address of a server in front of, or in place of, a collector. */
async function listen(answer: RequestListener): Promise<string> {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    request.resume();
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("an upload that fails names the address and the reason", () => {
  test("where nothing listens", async () => {
    const url = await listen(() => {});
    server?.close();
    const { code, stdout, stderr } = await upload(url);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      new RegExp(`^\\[rumkit\\] ${url} does not answer: .*ECONNREFUSED.*Check --url.\n$`),
    );
  });

  test("where the host does not exist", async () => {
    const { code, stderr } = await upload("https://rum.invalid/base/");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[rumkit\] https:\/\/rum\.invalid\/base does not answer: .*rum\.invalid/);
  });

  test("where the connection is cut", async () => {
    const url = await listen((_request, response) => response.destroy());
    expect((await upload(url)).stderr).toContain(`${url} does not answer: `);
  });

  test.each([
    [308, { location: "https://rum.example/maps/" }, "write the final address as --url"],
    [401, {}, "Use a token of scope admin."],
    [403, {}, "Use a token of scope admin."],
    [404, {}, "with the options access and sourceMaps"],
    [502, {}, "See the collector's log."],
  ] as const)("where it answers %s", async (status, headers, advice) => {
    const url = await listen((_request, response) =>
      response.writeHead(status, headers).end("x".repeat(5_000)),
    );
    const { code, stderr } = await upload(url);
    expect(code).toBe(1);
    expect(stderr).toContain(`${url}/api/rumkit/sourcemaps/r1/1m.js.map answers ${status} x`);
    expect(stderr).toContain(advice);
    expect(stderr.length).toBeLessThan(600);
    expect(asked).toHaveLength(1);
  });
});

test("one map that is refused does not keep the others from being uploaded", async () => {
  await writeFile(join(folder, "2n.js"), "g();");
  await writeFile(join(folder, "2n.js.map"), MAP);
  const url = await listen(({ url: path }, response) =>
    response.writeHead(path?.includes("1m") ? 413 : 201).end("too large"),
  );
  const { code, stdout, stderr } = await upload(`${url}/rum/`);
  expect(asked).toEqual([
    "/rum/api/rumkit/sourcemaps/r1/1m.js.map",
    "/rum/api/rumkit/sourcemaps/r1/2n.js.map",
  ]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: "[rumkit] 1m.js.map: 413 too large\n" });
  expect(stdout).toBe(`Uploaded 2n.js.map (${MAP.length} bytes)\nUploaded 1 map. Below .: 2 scripts.\n`);
});

describe("a copy", () => {
  const copy = (...args: string[]): Promise<CommandOutcome> =>
    sourcemaps("copy", ".", "--release", "r1", "--to", "maps", ...args);

  test("has the name by which the script's stacks find it", async () => {
    // The real command in a separate process, from source.
    const args = ["sourcemaps", "copy", ".", "--release", "r1", "--to", "maps"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--conditions=@rumkit/source",
      CLI,
      ...args,
    ]);
    expect(stderr).toBe("");
    expect(stdout).toBe(
      `Copied 1m.js.map (from 0v.js.map, ${MAP.length} bytes)\nCopied 1 map. Below .: 1 script.\n`,
    );
    expect(await readdir(join(folder, "maps/r1"))).toEqual(["1m.js.map"]);
    expect(await readFile(join(folder, "maps/r1/1m.js.map"), "utf8")).toBe(MAP);
  });

  test("with a map that belongs to no script warns, and fails where that is asked for", async () => {
    await writeFile(join(folder, "spare.js.map"), MAP);
    const warning = "[rumkit] Warning: spare.js.map belongs to no script.\n";
    expect(await copy()).toMatchObject({ code: 0, stderr: warning });
    await rm(join(folder, "maps"), { recursive: true });
    expect(await copy("--strict")).toMatchObject({ code: 1, stderr: warning });
  });

  test("of a build without maps fails, and says which scripts name maps that are gone", async () => {
    await rm(join(folder, "0v.js.map"));
    const { code, stdout, stderr } = await copy();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("Warning: 1m.js names the map 0v.js.map, which is not there.");
    expect(stderr).toContain("No map of a script is below .");
  });

  test("without --to is a wrong command line", async () => {
    expect(await sourcemaps("copy", ".", "--release", "r1")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--to is missing") as string,
    });
  });
});
