/** The contents of the pages for operators: files that compile and run, and configurations that fit our own names. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLog } from "@rumkit/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { type Scraped, scrape } from "./support/scrape.ts";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".tmp/recipes");
const docs = (name: string): string => readFileSync(join(ROOT, "docs", name), "utf8");
const blocksOf = (name: string, language: string): string[] =>
  [...docs(name).matchAll(new RegExp(`\n\`\`\`${language}\n([^]*?)\n\`\`\``, "g"))].map(([, code]) => code!);

/** Files by their names: each block of code starts with its own. */
const recipes = new Map(
  blocksOf("recipes.md", "ts").map((code) => [/^\/\/ (\S+)/.exec(code)?.[1] ?? "", code]),
);

interface Recipe {
  readonly app: Scraped & { request(path: string, options?: RequestInit): Response | Promise<Response> };
  readonly collector: { readonly app: Scraped; stop(): Promise<void> };
  readonly enqueue: (to: string) => number;
  readonly work: () => Promise<void>;
}

const started: Recipe[] = [];
async function run(name: string): Promise<Recipe> {
  const recipe = (await import(join(FOLDER, name))) as Recipe;
  started.push(recipe);
  return recipe;
}

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, code] of recipes) writeFileSync(join(FOLDER, name), `${code}\n`);
  const [cluster = ""] = blocksOf("processes.md", "ts");
  writeFileSync(join(FOLDER, "server.ts"), cluster);
  writeFileSync(
    join(FOLDER, "catalog.ts"),
    `import { defineCatalog } from "@rumkit/protocol";
     export const catalog = defineCatalog({ app: "shop", routes: ["/"],
       conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } } } });`,
  );
  const config = { extends: "../../tsconfig.json", include: ["*.ts"] };
  writeFileSync(join(FOLDER, "tsconfig.json"), JSON.stringify(config));
});
afterAll(async () => {
  for (const { collector } of started) await collector.stop();
});

test("every recipe, and the cluster of docs/processes.md, compiles as it stands", () => {
  expect([...recipes.keys()].toSorted()).toEqual(
    ["fromFaro.ts", "jobQueue.ts", "languageModel.ts", "licenseServer.ts", "webVitals.ts"].toSorted(),
  );
  expect(spawnSync("tsc", ["-p", FOLDER], { encoding: "utf8" }).stdout).toBe("");
});

const batch = (event: object): RequestInit => ({
  method: "POST",
  headers: {
    origin: "http://localhost",
    host: "localhost",
    "user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0",
  },
  body: JSON.stringify({ v: 1, id: "a".repeat(32), session: "b".repeat(32), sentAt: 0, events: [event] }),
});

test("the recipe for web vitals counts a vital in the histogram that its queries read", async () => {
  const { app } = await run("webVitals.ts");
  const vital = { type: "LCP", value: 1.2, route: "/", navigation: "hard" };
  const answer = await app.request("/collect", batch(vital));
  expect([answer.status, await answer.text()]).toEqual([202, '{"accepted":1}']);
  const counted = [...(await scrape(app))].filter(
    ([series, value]) => /^rum_lcp_seconds_count\{.*navigation="hard"/.test(series) && value === 1,
  );
  expect(counted).toHaveLength(1);
});

test("the recipe for Faro has the actions and measurements of its table", async () => {
  const { collector } = await run("fromFaro.ts");
  const families = [...(await scrape(collector.app)).keys()].join("\n");
  expect(families).toMatch(/^rum_actions_total\{action="add_to_cart",category="books"/m);
  expect(families).toMatch(/^rum_search_seconds_bucket/m);
});

test("the recipe for a language model counts tokens, the time to the first, and the cost once", async () => {
  const { app } = await run("languageModel.ts");
  const question = "word ".repeat(500);
  for (const attempt of [1, 2]) {
    const answer = await app.request("/answers/7", { method: "POST", body: question });
    expect([attempt, (await answer.text()).length]).toEqual([attempt, 2_000]);
  }
  const counted = await scrape(app);
  const of = (name: string): number =>
    [...counted].filter(([series]) => series.startsWith(name)).reduce((sum, [, value]) => sum + value, 0);
  expect(of("conversions_total")).toBe(1);
  expect(of("revenue_total")).toBe(0.02);
  expect([...counted.keys()].filter((series) => /^stream\w*first\w*_count/.test(series))).not.toEqual([]);
  expect([...counted].some(([series, value]) => series.startsWith("stream") && value === 2_004)).toBe(true);
});

test("the recipe for a license server exposes what is borrowed, and counts what was denied", async () => {
  const { app } = await run("licenseServer.ts");
  const statuses = [];
  for (const tool of ["solver", "solver", "cad", "none"])
    statuses.push((await app.request(`/borrow/${tool}`, { method: "POST" })).status);
  expect(statuses).toEqual([200, 409, 200, 404]);
  const counted = await scrape(app);
  expect(counted.get('licenses_borrowed{tool="solver"}')).toBe(1);
  expect(counted.get('licenses_total{tool="cad"}')).toBe(3);
  expect(counted.get('actions_total{action="borrow",tool="solver",result="denied"}')).toBe(1);
});

test("the recipe for a job queue exposes its depth, and how each job ended", async () => {
  const { collector, enqueue, work } = await run("jobQueue.ts");
  enqueue("ada@example.org");
  enqueue("nobody");
  expect((await scrape(collector.app)).get('queue_depth{queue="mail"}')).toBe(2);
  await work();
  const counted = await scrape(collector.app);
  expect(counted.get('queue_depth{queue="mail"}')).toBe(0);
  const ends = [...counted].filter(
    ([series, value]) => series.startsWith("job_duration_seconds_count") && value > 0,
  );
  const outcomes = ends.map(([series]) => /outcome="(\w+)"/.exec(series)?.[1] ?? "");
  expect(new Set(outcomes)).toEqual(new Set(["done", "error"]));
});

/** CPU units, and the memory in MiB that Fargate offers with them: its documentation of task sizes. */
const FARGATE: Readonly<Record<string, readonly number[]>> = {
  256: [512, 1_024, 2_048],
  512: [1_024, 2_048, 3_072, 4_096],
  1024: [2_048, 3_072, 4_096, 5_120, 6_144, 7_168, 8_192],
};

interface Task {
  readonly networkMode: string;
  readonly requiresCompatibilities: readonly string[];
  readonly cpu: string;
  readonly memory: string;
  readonly volumes: readonly { readonly name: string }[];
  readonly containerDefinitions: readonly {
    readonly name: string;
    readonly mountPoints?: readonly { readonly sourceVolume: string; readonly containerPath: string }[];
    readonly environment?: readonly { readonly name: string; readonly value: string }[];
    readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  }[];
}

test("the task of docs/aws.md is one that Fargate takes, and sets only what rumkit serve knows", () => {
  const [text = ""] = blocksOf("aws.md", "json");
  const task = JSON.parse(text) as Task;
  expect([task.networkMode, task.requiresCompatibilities]).toEqual(["awsvpc", ["FARGATE"]]);
  expect(FARGATE[task.cpu]).toContain(Number(task.memory));
  const [collector] = task.containerDefinitions;
  const { environment = [], secrets = [], mountPoints = [] } = collector!;
  expect(mountPoints.map(({ sourceVolume }) => sourceVolume)).toEqual(task.volumes.map(({ name }) => name));
  const journal = environment.find(({ name }) => name === "RUMKIT_JOURNAL")!.value;
  expect(journal.startsWith(`${mountPoints[0]!.containerPath}/`)).toBe(true);
  const known = new Set(
    docs("serve.md")
      .match(/`RUMKIT_\w+`/g)
      ?.map((name) => name.slice(1, -1)),
  );
  expect([...environment, ...secrets].filter(({ name }) => !known.has(name))).toEqual([]);
  expect(environment.filter(({ name }) => /TOKEN|KEY|SECRET/.test(name))).toEqual([]);
  for (const { secrets: each = [] } of task.containerDefinitions)
    for (const { valueFrom } of each) expect(valueFrom).toMatch(/^arn:aws:(secretsmanager|ssm):/);
});

test("the scrape of docs/aws.md reads YAML, and keeps metrics that exist", () => {
  const [text = ""] = blocksOf("aws.md", "yaml");
  const config = parse(text) as { receivers: { prometheus: { config: { scrape_configs: object[] } } } };
  expect(config.receivers.prometheus.config.scrape_configs).toHaveLength(1);
  const [, names = ""] = /regex: (\S+)/.exec(text)!;
  const known = docs("metrics.md");
  for (const name of names.split("|")) expect(known).toContain(`\`${name}\``);
});

test("each label of docs/logs.md has a value in a line of our log, and the sample is one", () => {
  let line = "";
  const log = createLog({ destination: { write: (text) => (line = text) } });
  log.error({ kind: "page_error", app: "shop" }, "TypeError: x is undefined");
  const written = JSON.parse(line) as Record<string, unknown>;
  const [alloy = ""] = blocksOf("logs.md", "alloy");
  const [, read = ""] = /expressions = \{(.*)\}/.exec(alloy)!;
  const fields = [...read.matchAll(/(\w+) =/g)].map(([, field]) => field!);
  const [, labeled = ""] = /values = \{(.*)\}/.exec(alloy)!;
  const labels = [...labeled.matchAll(/(\w+) =/g)].map(([, field]) => field!);
  expect(fields.filter((field) => typeof written[field] !== "string")).toEqual([]);
  expect(labels.filter((label) => !fields.includes(label))).toEqual([]);
  expect(Date.parse(String(written["time"]))).not.toBeNaN();

  const promtail = parse(blocksOf("logs.md", "yaml")[0]!) as {
    scrape_configs: { pipeline_stages: { json?: { expressions: Record<string, string> } }[] }[];
  };
  expect(Object.keys(promtail.scrape_configs[0]!.pipeline_stages[0]!.json!.expressions)).toEqual(fields);
  const sample = JSON.parse(blocksOf("logs.md", "json")[0]!) as Record<string, unknown>;
  expect(Object.keys(written).filter((key) => !(key in sample))).toEqual([]);
});
