import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const CLI = join(import.meta.dirname, "cli.ts");

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The real command in its own process, from source. */
function rumkit(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=@rumkit/source", CLI, ...args],
      { cwd: folder },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

async function writeCatalog(catalog: unknown): Promise<string> {
  await writeFile(join(folder, "catalog.mjs"), `export const catalog = ${JSON.stringify(catalog)};`);
  return "catalog.mjs";
}

describe("rumkit generate", () => {
  it("writes a dashboard, rules and a reference, and says so", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const { code, stdout } = await rumkit("generate", catalog, "--out", "out", "--docs", "docs/metrics.md");
    expect(stdout).toBe(
      "Wrote out/dashboards/business-overview.json\nWrote out/rules/blog.yaml\nWrote docs/metrics.md\n",
    );
    expect(code).toBe(0);
    const dashboard: unknown = JSON.parse(
      await readFile(join(folder, "out/dashboards/business-overview.json"), "utf8"),
    );
    expect(dashboard).toMatchObject({ title: "blog: business overview" });
    expect(await readFile(join(folder, "docs/metrics.md"), "utf8")).toContain("`rum_page_views_total`");
  });

  it("--check passes on what was just written, names what is stale and writes nothing", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const check = ["generate", catalog, "--out", "out", "--check"];
    expect(await rumkit(...check)).toMatchObject({ code: 1, stdout: "" });
    expect(await readdir(folder)).toEqual(["catalog.mjs"]);

    await rumkit("generate", catalog, "--out", "out");
    expect(await rumkit(...check)).toEqual({ code: 0, stdout: "", stderr: "" });

    await writeFile(join(folder, "out/rules/blog.yaml"), "groups: []\n");
    const stale = await rumkit(...check);
    expect(stale.code).toBe(1);
    expect(stale.stderr).toBe("[rumkit] out/rules/blog.yaml is stale. Run without --check.\n");
  });

  it("takes a default export", async () => {
    await writeFile(join(folder, "blog.mjs"), 'export default { app: "blog", routes: ["/"] };');
    expect(await rumkit("generate", "blog.mjs", "--out", "out")).toMatchObject({ code: 0 });
  });
});

describe("a catalogue at fault ends with 1", () => {
  it("and every fault is listed", async () => {
    const catalog = await writeCatalog({
      app: "Blog",
      routes: ["home"],
      objectives: { fast: { vital: "LCP", below: 2.2, ratio: 0.75 } },
    });
    const { code, stderr } = await rumkit("generate", catalog, "--out", "out");
    expect(code).toBe(1);
    expect(stderr).toContain('app "Blog"');
    expect(stderr).toContain('route "home"');
    expect(stderr).toContain("2.2 is no bucket edge of LCP");
    expect(stderr).not.toContain("    at ");
  });

  it("and a file that is none says what is missing", async () => {
    await writeFile(join(folder, "other.mjs"), "export const answer = 42;");
    expect(await rumkit("generate", "other.mjs", "--out", "out")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("other.mjs exports no catalog"),
    });
    expect(await rumkit("generate", "nowhere.mjs", "--out", "out")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nowhere.mjs does not exist"),
    });
  });
});

describe("rumkit check", () => {
  it("says what a catalogue costs at most, for each metric and in all", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/", "/posts/:id"] });
    const { code, stdout, stderr } = await rumkit("check", catalog);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // Two routes and what none matches, four navigations, four experiences.
    expect(stdout).toMatch(/^rum_page_views_total +48 +48 +[\d,]+$/m);
    expect(stdout).toMatch(/^in all +[\d,]+ +[\d,]+ +[\d,]+$/m);
    expect(stdout).toMatch(/^\/metrics takes \d+\.\d MB at most, before compression\.$/m);
    expect(stdout).toMatch(/^The series take [1-9]\d*\.\d MB of memory/m);
  });

  it("ends with 1 where a budget is exceeded, and still says by what", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const { code, stdout, stderr } = await rumkit(
      "check",
      catalog,
      "--max-series",
      "1000",
      "--max-bytes",
      "9",
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[rumkit\] The metrics have up to \d+ series; 1000 at most\.$/m);
    expect(stderr).toMatch(/^\[rumkit\] \/metrics has up to \d+ bytes; 9 at most\.$/m);
    expect(stdout).toContain("rum_page_views_total");
  });

  it("says how exactly each currency is counted, and which is none", async () => {
    const value = { money: ["KWD", "XQX"] };
    const catalog = await writeCatalog({
      app: "blog",
      routes: ["/"],
      conversions: { paid: { help: "Orders.", value } },
    });
    const { stdout } = await rumkit("check", catalog);
    expect(stdout).toContain(
      "Money in KWD is exact to 3 decimals, up to 9,007,199,254,741 for one conversion.\n",
    );
    expect(stdout).toContain("XQX is no code of ISO 4217: check that it is meant.");
  });

  it("ends with 1 where the catalogue is at fault, and names every fault", async () => {
    const catalog = await writeCatalog({ app: "Blog", routes: ["home"] });
    const { code, stdout, stderr } = await rumkit("check", catalog);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('app "Blog"');
    expect(stderr).toContain('route "home"');
  });

  it("checks the configuration of the folder where no catalogue is named", async () => {
    await writeCatalog({ app: "blog", routes: ["/"] });
    const config = { catalog: "./catalog.mjs", port: 4001, journal: "memory" };
    await writeFile(join(folder, "rumkit.config.json"), JSON.stringify(config));
    const { code, stdout, stderr } = await rumkit("check");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^port +4001 +\S+rumkit\.config\.json$/m);
    await writeFile(join(folder, "rumkit.config.json"), JSON.stringify({ ...config, host: "0.0.0.0" }));
    const exposed = await rumkit("check");
    expect(exposed.code).toBe(1);
    expect(exposed.stderr).toContain("0.0.0.0 can be reached from other machines.");
  });

  it("ends with 2 where there is neither", async () => {
    expect(await rumkit("check")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("No catalogue is given") as string,
    });
  });

  it("ends with 2 where a budget is no number", async () => {
    const { code, stderr } = await rumkit("check", "catalog.ts", "--max-series", "many");
    expect(code).toBe(2);
    expect(stderr).toContain("--max-series is no whole number: many");
    expect(stderr).toContain("Usage: rumkit check");
  });
});

describe("a wrong command line ends with 2 and shows the usage", () => {
  it.each([
    ["no catalogue", ["generate", "--out", "out"], "No catalogue is given"],
    ["no folder", ["generate", "catalog.ts"], "--out is missing"],
    ["two catalogues", ["generate", "a.ts", "b.ts", "--out", "out"], "Too many arguments: b.ts"],
    ["an unknown option", ["generate", "--force"], "--force"],
  ])("for %s", async (_, args, message) => {
    const { code, stdout, stderr } = await rumkit(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("Usage: rumkit generate");
  });

  it.each([
    ["no command", [], "Unknown command: none given"],
    ["an unknown command", ["server"], "Unknown command: server"],
    ["a word that every object has", ["toString"], "Unknown command: toString"],
  ])("for %s", async (_, args, message) => {
    const { code, stdout, stderr } = await rumkit(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toContain("Usage: rumkit <command>");
  });

  it("but help was asked for", async () => {
    expect(await rumkit("--help")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: rumkit <command>/),
    });
    expect(await rumkit("generate", "--help")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Usage: rumkit generate/),
    });
  });
});

describe("rumkit key", () => {
  it("makes a key that nobody has, with its digest", async () => {
    const [first, second] = await Promise.all([rumkit("key"), rumkit("key")]);
    const [, key, digest] = /^key {5}([\w-]{43})\nsha256 {2}([0-9a-f]{64})\n$/.exec(first.stdout)!;
    expect(digest).toBe(createHash("sha256").update(key!).digest("hex"));
    expect(second.stdout).not.toContain(key);
  });
});

describe("what is committed for the example shop", () => {
  it("is what its catalogue yields: `npm run generate` brings it up to date", async () => {
    const root = join(import.meta.dirname, "../../..");
    const targets = ["--out", join(root, "deploy/generated"), "--docs", join(root, "docs/metrics.md")];
    const catalog = join(root, "examples/shop/catalog.ts");
    expect(await rumkit("generate", catalog, ...targets, "--check")).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
  });
});
