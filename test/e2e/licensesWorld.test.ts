/** The license server: a real browser, load, a real Prometheus, and a ledger of everything that they did. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeMetrics } from "@rumkit/server";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalog } from "../../examples/licenses/catalog.ts";
import { createLedger, type Ledger, readCounts } from "../../examples/licenses/load/ledger.ts";
import { type LoadReport, PROFILES, runLoad } from "../../examples/licenses/load/runLoad.ts";
import { type ToolName, toolNames, tools } from "../../examples/licenses/tools.ts";
import { launchShell } from "../support/chromium.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { promtool, withVariables } from "../support/promtool.ts";
import { type Started, startProgram } from "../support/started.ts";

const run = promisify(execFile);

const FOLDER = join(import.meta.dirname, "../../examples/licenses");

const NODE = ["--disable-warning=ExperimentalWarning", "server.ts"];

/** It mostly waits, so it plays beside the other tests. Rejects with its output if it does not end with 0. */
const story = run(process.execPath, [...NODE, "--story", "friday", "--exit"], {
  cwd: FOLDER,
  env: { ...process.env, PORT: "0" },
});
// The test reports it.
story.catch(() => {});

interface World extends Started {
  readonly origin: string;
}

async function startWorld(flags: readonly string[]): Promise<World> {
  const world = await startProgram(process.execPath, [...NODE, ...flags], {
    cwd: FOLDER,
    env: { PORT: "0" },
    ready: /^Load /m,
  });
  return { ...world, origin: /^Page\s+(http:\S+)\/$/m.exec(world.output())![1]! };
}

/** Borrows as many licenses of a tool on the page as are asked for, and waits for the answer of each. */
async function clickBorrow(page: Page, title: string, times: number, answer: string): Promise<void> {
  for (let click = 0; click < times; click++) {
    await page.getByRole("button", { name: `Borrow ${title}` }).click();
    await page.getByRole("status").filter({ hasText: answer }).waitFor();
    // The next click waits for its own answer.
    await page.evaluate("document.getElementById('answer').textContent = ''");
  }
}

describe("borrowed by click and by load", () => {
  const ledger = createLedger();
  let world: World;
  let browser: Browser;
  let prometheus: RunningPrometheus;
  let load: LoadReport;

  beforeAll(async () => {
    world = await startWorld(["--no-load"]);
    prometheus = await startPrometheus({ licenses: world.origin });
    await usePage();
    const plan = { ...PROFILES.light, mode: "checkout-only", rampUpMs: 0, holdMs: 0, seed: 1 } as const;
    load = await runLoad(plan, { ask: (path, init) => fetch(world.origin + path, init) });
  });
  afterAll(async () => {
    await browser.close();
    await prometheus.stop();
    await world.stop();
  });

  /** Six compilers, one of them returned, so that the last two of eight and beyond cost: written down by hand. */
  async function usePage(): Promise<void> {
    browser = await launchShell();
    const page = await browser.newPage();
    await page.goto(world.origin);
    await clickBorrow(page, "Cross Compiler", 8, "Cross Compiler borrowed.");
    await clickBorrow(page, "Cross Compiler", 2, "beyond the contract: $120.50.");
    for (let click = 0; click < 3; click++) {
      await page.getByRole("button", { name: "Return" }).first().click();
      await page.getByRole("status").filter({ hasText: "Returned." }).waitFor();
      await page.evaluate("document.getElementById('answer').textContent = ''");
    }
    await clickBorrow(page, "Bus Analyzer", 12, "Bus Analyzer borrowed.");
    await clickBorrow(page, "Bus Analyzer", 1, "All licenses of this tool are lent.");
    await page.getByRole("button", { name: "Throw an error in the page" }).click();
    await page.getByRole("button", { name: "Ask for /faulty" }).click();
    await page.getByRole("status").filter({ hasText: "/faulty answered 500." }).waitFor();
    // The page reports when it is left, and the browser has to live until that has arrived.
    await page.goto("about:blank");
    ledger.add("attempts", "compiler", 10);
    ledger.add("borrowed", "compiler", 10);
    ledger.add("overage", "compiler", 2);
    ledger.add("cost in cents", "compiler", 2 * 12_050);
    ledger.add("returned", "compiler", 3);
    ledger.add("attempts", "bus_analyzer", 13);
    ledger.add("borrowed", "bus_analyzer", 12);
    ledger.add("refused: pool_exhausted", "bus_analyzer");
  }

  /** The counters that Prometheus has scraped. */
  async function scraped(): Promise<Ledger> {
    const results = await prometheus.query('{__name__=~"actions_total|conversions_total|revenue_total"}');
    const lines = results.map(({ labels: { __name__: name, ...labels }, value }) => {
      const pairs = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
      return `${name}{${pairs.join(",")}} ${value}`;
    });
    return readCounts(lines.join("\n"));
  }

  const expected = (): Readonly<Record<string, number>> => {
    const sum = createLedger();
    for (const [key, value] of [
      ...Object.entries(ledger.entries()),
      ...Object.entries(load.sent.entries()),
    ]) {
      const space = key.lastIndexOf(" ");
      sum.add(key.slice(0, space) as "attempts", key.slice(space + 1), value);
    }
    return sum.entries();
  };

  test("the load reports that everything that it sent is counted", () => {
    expect(load).toMatchObject({ failed: 0, missing: {}, beyond: {} });
    expect(load.sent.sums()["attempts"]).toBe(100);
  });

  test("Prometheus has every borrow, refusal, overage and cent", async () => {
    await expectSoon(async () => (await scraped()).entries()).toEqual(expected());
  });

  test("the gauges of Prometheus are the pools", async () => {
    const entries = expected();
    const borrowed = (tool: ToolName): number =>
      (entries[`borrowed ${tool}`] ?? 0) - (entries[`returned ${tool}`] ?? 0);
    for (const [metric, of] of Object.entries<(tool: ToolName) => number>({
      licenses_borrowed: borrowed,
      licenses_total: (tool) => tools[tool].total,
      licenses_commit: (tool) => tools[tool].commit,
      licenses_max_overage: (tool) => tools[tool].maxOverage,
      licenses_overage: (tool) => Math.max(0, borrowed(tool) - tools[tool].commit),
    }))
      await expectSoon(async () =>
        Object.fromEntries(
          (await prometheus.query(metric)).map(({ labels, value }) => [labels["tool"], value]),
        ),
      ).toEqual(Object.fromEntries(toolNames.map((tool) => [tool, of(tool)])));
  });

  test("the error of the page, and the 500 that it asked for, are counted once", async () => {
    const errors = 'sum(rum_js_errors_total{route="/"})';
    await expectSoon(async () => (await prometheus.query(errors))[0]?.value).toBe(1);
    const faulty = 'http_requests_total{route="/faulty",status="500"}';
    await expectSoon(async () => (await prometheus.query(faulty))[0]?.value).toBe(1);
  });

  test("every query of the generated boards is answered, and promtool accepts the rules", async () => {
    const descriptors = describeMetrics(catalog);
    const boards = describeBoards(descriptors, catalog).map((board) => renderClassic(board));
    const queries = boards.flatMap((board) => dashboardExpressions({ ...board }));
    expect(queries.length).toBeGreaterThan(50);
    for (const { expr } of queries)
      await prometheus.query(withVariables(expr, { job: "licenses", range: "1m", interval: "10s" }));
    expect(boards.map(({ title }) => title)).toContain("licenses: Business");
    // The query that the story of the capacity names, over a shorter time.
    const peaks = await prometheus.query("max_over_time(sum by (tool) (licenses_borrowed)[2m:1s])");
    expect(new Set(peaks.map(({ labels }) => labels["tool"]))).toEqual(new Set(toolNames));
    await promtool(["check", "rules"], "rules.yaml", renderRules(descriptors, catalog));
  });
});

test("the story of a Friday afternoon ends with exit code 0", async () => {
  const { stdout, stderr } = await story;
  expect(stderr).toBe("");
  expect(stdout).toMatch(/colleagues borrow again\. \d+ licenses were borrowed/);
});
