/**
 * The world of clips as a user starts it, with both queues at the same time: a browser asks for a clip, others come by the
 * API, all workers are killed in the middle of a job, and a real Prometheus scrapes it. In the end every number is the
 * ledger's.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { parseExposition, type Scrape } from "../support/scrape.ts";
import { type Started, startProgram } from "../support/started.ts";

const WORLD = join(import.meta.dirname, "../../examples/clips");
const BOARD = JSON.parse(
  readFileSync(join(WORLD, "infra/grafana/dashboards/clip-overview.json"), "utf8"),
) as {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
};
const KINDS = ["redis", "embedded"] as const;
const QUEUED = "clip_jobs_queued_total";
const IN_FLIGHT = "clip_jobs_inflight";
const count = (status: string): string => `clip_job_latency_seconds_count{status="${status}"}`;

interface World extends Started {
  readonly origin: string;
}

const worlds = {} as Record<(typeof KINDS)[number], World>;
let prometheus: RunningPrometheus;
let browser: Browser;

beforeAll(async () => {
  const start = async (kind: (typeof KINDS)[number]): Promise<void> => {
    const world = await startProgram(process.execPath, ["server.ts", "--no-load", "--queue", kind], {
      cwd: WORLD,
      env: { PORT: "0", REDIS_URL: "" },
      ready: /^Load /m,
    });
    worlds[kind] = { ...world, origin: /^Page\s+(http:\S+)\/$/m.exec(world.output())![1]! };
  };
  [browser] = await Promise.all([launchShell(), ...KINDS.map(start)]);
  const { redis, embedded } = worlds;
  prometheus = await startPrometheus({ clips: redis.origin, embedded: embedded.origin });
});
afterAll(async () => {
  await Promise.all([browser.close(), prometheus.stop(), ...Object.values(worlds).map(({ stop }) => stop())]);
});

const metricsOf = async ({ origin }: World): Promise<Scrape> =>
  parseExposition(await (await fetch(`${origin}/metrics`)).text());

const sumOf = (scrape: Scrape, start: string): number =>
  [...scrape].reduce((sum, [name, value]) => (name.startsWith(start) ? sum + value : sum), 0);

async function post({ origin }: World, body: object): Promise<{ status: number; id: string }> {
  const answer = await fetch(`${origin}/jobs`, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, id: ((await answer.json()) as { id: string }).id };
}

async function statusOf({ origin }: World, id: string): Promise<unknown> {
  return (await fetch(`${origin}/jobs/${id}`)).json();
}

/** A visitor queues a clip in the page and waits there until it is done; first the page refuses a wrong one. */
async function visit({ origin }: World): Promise<void> {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.getByLabel("To, seconds").fill("3");
  await page.getByRole("button", { name: "Cut" }).click();
  await page.getByText("end must be after start.").waitFor();
  await page.getByLabel("To, seconds").fill("15");
  await page.getByRole("button", { name: "Cut" }).click();
  await page.getByText(/^Queued as /).waitFor();
  await page.locator("li", { hasText: "12–15 s" }).getByText("done").waitFor();
  // A page reports the rest when it is left.
  await page.goto("about:blank");
}

/** Kills all workers while one of them has a job, which another one then ends. */
async function killWorkers(world: World): Promise<void> {
  const { id } = await post(world, { url: "https://videos.example/long", start: 0, end: 30 });
  await expect.poll(() => statusOf(world, id)).toMatchObject({ status: "working", attempts: 1 });
  await expect.poll(async () => (await metricsOf(world)).get(IN_FLIGHT)).toBe(1);
  const pids = /^Workers\s+2: (\d+), (\d+)$/m.exec(world.output())!.slice(1).map(Number);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  await expect.poll(() => statusOf(world, id)).toMatchObject({ status: "done", attempts: 2 });
}

const PATHS = ["videos/1", "videos/2", "videos/3", "missing/4", "broken/5"];

test("with both queues each clip counts once, whatever becomes of its worker", async () => {
  await Promise.all(KINDS.map(playWorld));
});

async function playWorld(kind: (typeof KINDS)[number]): Promise<void> {
  const world = worlds[kind];
  await visit(world);
  const jobs = await Promise.all(
    PATHS.map((path) => post(world, { url: `https://videos.example/${path}`, start: 5, end: 7 })),
  );
  expect(jobs.map(({ status }) => status)).toEqual(PATHS.map(() => 202));
  expect((await post(world, { url: "ftp://videos.example", start: 5, end: 7 })).status).toBe(400);
  await killWorkers(world);

  // One of the browser, those of the paths, and the one whose worker was killed.
  const ledger = { [QUEUED]: 7, [count("done")]: 5, [count("error")]: 2, [IN_FLIGHT]: 0 };
  const seen = async (): Promise<object> => {
    const scrape = await metricsOf(world);
    return Object.fromEntries(Object.keys(ledger).map((name) => [name, scrape.get(name)]));
  };
  await expect.poll(seen).toEqual(ledger);
  const scrape = await metricsOf(world);
  const http = (status: string): string =>
    `http_requests_total{method="POST",route="/jobs",status="${status}"}`;
  expect(
    Object.fromEntries([...scrape].filter(([name]) => name.startsWith('http_requests_total{method="POST"'))),
  ).toEqual({ [http("2xx")]: 7, [http("4xx")]: 2 });
  // The browser sends what a page reports as it is left, which may take longer than all of the above.
  await expect
    .poll(async () => {
      const reported = await metricsOf(world);
      const requested = reported.get('rum_actions_total{action="clip_requested"}');
      return [requested, sumOf(reported, "rum_page_views_total{")];
    })
    .toEqual([2, 1]);
  await readBoard(kind === "redis" ? "clips" : "embedded", ledger);
}

/** The four panels in the real Prometheus show the ledger's numbers. */
async function readBoard(job: string, ledger: Readonly<Record<string, number>>): Promise<void> {
  const ask = async (title: string): Promise<{ labels: Record<string, string>; value: number }[]> => {
    const { expr } = BOARD.panels.find((panel) => panel.title === title)!.targets[0]!;
    return prometheus.query(
      expr.replaceAll('job="clips"', `job="${job}"`).replaceAll("$__rate_interval", "5m"),
    );
  };
  const [done, error] = [ledger[count("done")]!, ledger[count("error")]!];
  const total = async (): Promise<object[]> =>
    prometheus.query(`sum by (status) (clip_job_latency_seconds_count{job="${job}"})`);
  await expect.poll(total).toEqual([
    { labels: { status: "done" }, value: done },
    { labels: { status: "error" }, value: error },
  ]);
  await expect.poll(() => ask("Jobs In Flight")).toEqual([{ labels: {}, value: 0 }]);
  // Rates over a window that has just begun are extrapolated; a ratio of two is not 100 %, as the document's always is.
  const [ratio] = await ask("Error Rate");
  expect(ratio!.value).toBeGreaterThan(0);
  expect(ratio!.value).toBeLessThan(0.9);
  expect((await ask("Jobs Queued Rate"))[0]!.value).toBeGreaterThan(0);
  const buckets = await ask("Job Latency");
  expect(buckets.map(({ labels }) => labels["le"])).toContain("120");
  const most = Math.max(...buckets.map(({ value }) => value));
  expect(buckets.find(({ labels }) => labels["le"] === "+Inf")!.value).toBe(most);
}
