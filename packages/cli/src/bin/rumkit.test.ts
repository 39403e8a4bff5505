import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json as readJson } from "node:stream/consumers";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const CLI = join(import.meta.dirname, "rumkit.ts");

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
  return rumkitWith({}, ...args);
}

/** The same with these variables in its environment. */
function rumkitWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ["--conditions=@rumkit/source", CLI, ...args],
      { cwd: folder, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

async function writeCatalog(catalog: unknown): Promise<string> {
  await writeFile(join(folder, "catalog.mjs"), `export const catalog = ${JSON.stringify(catalog)};`);
  return "catalog.mjs";
}

describe("rumkit generate", () => {
  it("writes boards, rules and a reference, and says so", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const { code, stdout } = await rumkit("generate", catalog, "--out", "out", "--docs", "docs/metrics.md");
    expect(stdout).toMatch(
      /^Wrote out\/dashboards\/blog-overview\.json\nWrote out\/dashboards-v2\/blog-overview\.json\n/,
    );
    expect(stdout).toMatch(/\nWrote out\/rules\/blog\.yaml\nWrote docs\/metrics\.md\n$/);
    expect(code).toBe(0);
    const dashboard: unknown = JSON.parse(
      await readFile(join(folder, "out/dashboards/blog-business.json"), "utf8"),
    );
    expect(dashboard).toMatchObject({ title: "blog: Business" });
    expect(await readFile(join(folder, "docs/metrics.md"), "utf8")).toContain("`rum_page_views_total`");
  });

  it("--check passes on what was just written, names what is stale and writes nothing", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const check = ["generate", catalog, "--out", "out", "--check"];
    expect(await rumkit(...check)).toMatchObject({ code: 1, stdout: "" });
    expect(await readdir(folder)).toEqual(["catalog.mjs"]);

    await rumkit("generate", catalog, "--out", "out");
    expect(await rumkit(...check)).toEqual({ code: 0, stdout: "Up to date (23 files).\n", stderr: "" });

    await writeFile(join(folder, "out/rules/blog.yaml"), "groups: []\n");
    const stale = await rumkit(...check);
    expect(stale.code).toBe(1);
    expect(stale.stderr).toBe("[rumkit] out/rules/blog.yaml is stale. Run without --check.\n");
  });

  it("ends with 1 where a file of another app is in the way, and says what it removed", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const args = ["generate", catalog, "--out", "out", "--docs", "metrics.md"];
    await rumkit(...args);
    await writeFile(join(folder, "shop.mjs"), 'export default { app: "shop", routes: ["/"] };');
    expect(await rumkit("generate", "shop.mjs", ...args.slice(2))).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "[rumkit] metrics.md belongs to the app blog, and this catalog is of shop. Name another place, or remove it.\n",
    });
    await writeCatalog({ app: "journal", routes: ["/"] });
    expect((await rumkit(...args)).stdout).toContain(
      "Removed out/rules/blog.yaml, which this catalog wrote under another name.\n",
    );
  });

  it("takes the settings of one's Prometheus and Grafana, and writes ConfigMaps", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    await writeFile(join(folder, "grafana.json"), '{"folder":"Sites","uidPrefix":"acme-","tags":["web"]}');
    const args = ["generate", catalog, "--out", "out", "--settings", "grafana.json", "--config-map"];
    const links = ["--grafana", "https://grafana.example/", "--runbooks", "https://docs.example/runbooks"];
    expect(await rumkit(...args, ...links, "--label", "job=service", "--uid-prefix", "my-")).toMatchObject({
      code: 0,
      stderr: "",
      stdout: expect.stringContaining("Wrote out/kubernetes/blog-dashboards.yaml\n"),
    });
    const board: unknown = JSON.parse(
      await readFile(join(folder, "out/dashboards/blog-business.json"), "utf8"),
    );
    expect(board).toMatchObject({ uid: "my-blog-business", tags: ["rumkit", "blog", "web"] });
    const rules = await readFile(join(folder, "out/rules/blog.yaml"), "utf8");
    expect(rules).toContain('rum_ready{service="blog"}');
    expect(rules).toContain('dashboard_url: "https://grafana.example/d/my-blog-collector"');
    expect(rules).toContain('runbook_url: "https://docs.example/runbooks/CollectorDown.md"');
    const maps = await readFile(join(folder, "out/kubernetes/blog-dashboards.yaml"), "utf8");
    expect(maps).toContain("grafana_folder: Sites\n");

    expect(await rumkit(...args, "--timezone", "Berlin")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("--timezone must be browser, utc"),
    });
    expect(await rumkit(...args, "--label", "service")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--label is <name>=<label>, such as job=service"),
    });
  });

  it("stores boards in Grafana with the token of the environment, which nothing shows", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const calls: string[] = [];
    const grafana = createServer(async (request, response) => {
      const { uid, dashboard } = (await readJson(request)) as { uid?: string; dashboard?: { uid: string } };
      calls.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      const isKnown = request.headers.authorization === "Bearer glsa_secret";
      response.writeHead(isKnown ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(isKnown ? { uid: dashboard?.uid ?? uid } : { message: "Invalid API key" }));
    });
    await new Promise<void>((resolve) => grafana.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(grafana.address() as AddressInfo).port}`;
      const push = ["generate", catalog, "--push", url];
      const { code, stdout, stderr } = await rumkitWith({ RUMKIT_GRAFANA_TOKEN: "glsa_secret" }, ...push);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^Stored blog: Overview: http:\/\/127\.0\.0\.1:\d+\/d\/rumkit-blog-overview\n/);
      expect(calls[0]).toBe("POST /api/folders Bearer glsa_secret");
      expect(new Set(calls.slice(1))).toEqual(new Set(["POST /api/dashboards/db Bearer glsa_secret"]));
      expect(await readdir(folder)).toEqual(["catalog.mjs"]);

      const refused = await rumkitWith({ RUMKIT_GRAFANA_TOKEN: "other" }, ...push);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain("(401: Invalid API key). The token is unknown or has expired.");
      expect(await rumkit(...push)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("--push needs a token: set RUMKIT_GRAFANA_TOKEN"),
      });
      const withPassword = url.replace("//", "//admin:hunter2@");
      const told = await rumkit("generate", catalog, "--push", withPassword);
      expect(told).toMatchObject({ code: 2, stderr: expect.stringContaining("--push has a user name") });
      expect(told.stderr).not.toContain("hunter2");
    } finally {
      grafana.close();
    }
  });

  it("asks for the jobs and labels that are named", async () => {
    const catalog = await writeCatalog({ app: "blog", routes: ["/"] });
    const args = ["generate", catalog, "--out", "out"];
    await rumkit(...args, "--job", "web", "--job", "canary", "--selector", 'cluster="eu"');
    const rules = await readFile(join(folder, "out/rules/blog.yaml"), "utf8");
    expect(rules).toContain('rum_ready{job=~"web|canary",cluster="eu"}');
    expect(await rumkit(...args, "--selector", "cluster=eu")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not a list of label matchers"),
    });
  });

  it("takes a default export", async () => {
    await writeFile(join(folder, "blog.mjs"), 'export default { app: "blog", routes: ["/"] };');
    expect(await rumkit("generate", "blog.mjs", "--out", "out")).toMatchObject({ code: 0 });
  });
});

describe("an invalid catalog ends with 1", () => {
  it("and every fault is listed", async () => {
    const catalog = await writeCatalog({
      app: "Blog",
      routes: ["home"],
      objectives: { fast: { vital: "LCP", below: 2.2, ratio: 0.75 } },
    });
    const { code, stderr } = await rumkit("generate", catalog, "--out", "out");
    expect(code).toBe(1);
    expect(stderr).toContain("[rumkit] Invalid catalog in catalog.mjs (3 problems):");
    expect(stderr).toContain("catalog.mjs:1 app must be a name in snake_case");
    expect(stderr).toContain('catalog.mjs:1 routes[0] must start with "/", not "home"');
    expect(stderr).toContain("catalog.mjs:1 objectives.fast.below must be a bucket edge of LCP");
    expect(stderr).not.toContain("    at ");
  });

  it("and a file without a catalog says what is missing", async () => {
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
  it("shows the metrics that the catalog declares first, and those that every catalog has on demand", async () => {
    const catalog = await writeCatalog({
      app: "blog",
      routes: ["/", "/posts/:id"],
      actions: { share: { help: "Posts shared." } },
    });
    const { code, stdout, stderr } = await rumkit("check", catalog);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^OK: the catalog "blog" has at most [\d,]+ series,/);
    expect(stdout).toMatch(
      /^Your catalog declares 1 metric:\nmetric .*\nrum_actions_total +\d+ .*\ntotal +\d+ /m,
    );
    expect(stdout).not.toContain("rum_page_views_total");
    expect(stdout).toMatch(/^Every catalog has \d+ more metrics; --all lists them\.$/m);
    expect(stdout).toMatch(/^\/metrics takes \d+\.\d MB at most, before compression\.$/m);
    expect(stdout).toMatch(
      /^\d+\.\d MB of it are \d+ metrics of a backend's requests, queries and caches: they stay empty in rumkit serve\.$/m,
    );
    expect(stdout).toMatch(/^All series take [1-9]\d*\.\d MB of memory/m);
    expect(stdout.split("\n").length).toBeLessThan(15);

    const all = await rumkit("check", catalog, "--all");
    // Two routes and what none matches, four navigations, four experiences.
    expect(all.stdout).toMatch(/^rum_page_views_total +48 +48 +[\d,]+$/m);
    expect(all.stdout.indexOf("rum_actions_total")).toBeLessThan(all.stdout.indexOf("rum_page_views_total"));

    const json = JSON.parse((await rumkit("check", catalog, "--json")).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      app: "blog",
      fits: true,
      faults: [],
      own: [{ metric: "rum_actions_total" }],
    });
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
    expect(stdout).toMatch(/^TOO LARGE: the catalog "blog"/);
  });

  it("says how exactly each currency is counted", async () => {
    const value = { money: ["KWD"] };
    const catalog = await writeCatalog({
      app: "blog",
      routes: ["/"],
      conversions: { paid: { help: "Orders.", value } },
    });
    const { stdout } = await rumkit("check", catalog);
    expect(stdout).toContain(
      "Money in KWD is exact to 3 decimals, up to 9,007,199,254,741 for one conversion.\n",
    );
  });

  it("ends with 1 for an invalid catalog, and names every fault", async () => {
    const catalog = await writeCatalog({ app: "Blog", routes: ["home"] });
    const { code, stdout, stderr } = await rumkit("check", catalog);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("catalog.mjs:1 app must be a name in snake_case");
    expect(stderr).toContain('catalog.mjs:1 routes[0] must start with "/", not "home"');
  });

  it("says the line of each fault, and gives advice apart from them", async () => {
    const written = `export const catalog = {
  app: "blog",
  routes: ["/"], // actions: { read: {} }
  conversions: { read: { help: "Read" } },
  actions: {
    read: {
      help: "{ help",
      %
    },
  },
};`;
    await writeFile(join(folder, "catalog.mjs"), written.replace("%", "lable: {},"));
    const wrong = await rumkit("check", "catalog.mjs");
    expect(wrong.stderr).toBe(
      '[rumkit] Invalid catalog in catalog.mjs (1 problem):\n  catalog.mjs:8 actions.read.lable is unknown here. Did you mean "labels"?\n',
    );
    await writeFile(join(folder, "catalog.mjs"), written.replace("%", ""));
    const { code, stdout } = await rumkit("check", "catalog.mjs");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^rumkit lint catalog\.mjs has \d+ warnings\.$/m);
    expect(await rumkit("lint", "catalog.mjs", "--disable", "help-repeats-name")).toEqual({
      code: 0,
      stdout: `catalog.mjs:4:26: warning: conversions.read.help does not end with a full stop. /metrics adds it. Write "Read.". [help-full-stop]
catalog.mjs:6:5: warning: actions.read has the name of conversions.read. Rename one of them, or count it once. [same-name]
catalog.mjs:7:7: warning: actions.read.help does not end with a full stop. /metrics adds it. Write "{ help.". [help-full-stop]
0 errors and 3 warnings in catalog.mjs.
`,
      stderr: "",
    });
  });

  it("checks the configuration of the folder where no catalog is named", async () => {
    await writeCatalog({ app: "blog", routes: ["/"] });
    const config = { catalog: "./catalog.mjs", port: 4001, journal: "memory" };
    await writeFile(join(folder, "rumkit.config.json"), JSON.stringify(config));
    const { code, stdout, stderr } = await rumkit("check");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^port +4001 +\S+rumkit\.config\.json$/m);
    // What the catalog costs comes last, where a terminal shows it.
    expect(stdout).toMatch(/\n\nOK: the catalog "blog" has at most [\d,]+ series/);
    await writeFile(join(folder, "rumkit.config.json"), JSON.stringify({ ...config, host: "0.0.0.0" }));
    const exposed = await rumkit("check");
    expect(exposed.code).toBe(1);
    expect(exposed.stderr).toContain("0.0.0.0 can be reached from other machines.");
  });

  it("ends with 2 where there is neither", async () => {
    expect(await rumkit("check")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Missing catalog file") as string,
    });
  });
});

describe("rumkit key", () => {
  it("makes a new key each time, with its digest, and none that looks like an option", async () => {
    const [first, second] = await Promise.all([rumkit("key"), rumkit("key")]);
    const [, key, digest] = /^key {5}(rk_[\w-]{43})\nsha256 {2}([0-9a-f]{64})\n$/.exec(first.stdout)!;
    expect(digest).toBe(createHash("sha256").update(key!).digest("hex"));
    expect(second.stdout).not.toContain(key);
  });
});

describe("what is committed for the example shop", () => {
  it("is what its catalog yields: `npm run generate` brings it up to date", async () => {
    const root = join(import.meta.dirname, "../../../..");
    const targets = ["--out", join(root, "deploy/generated"), "--docs", join(root, "docs/metrics.md")];
    const catalog = join(root, "examples/shop/catalog.ts");
    expect(await rumkit("generate", catalog, ...targets, "--check")).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Up to date \(\d+ files\)\.\n$/) as string,
      stderr: "",
    });
  });
});
