/** The world `llm`: its page in Chromium, its clients, and a ledger of everything that was asked beside a real Prometheus. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeMetrics } from "@rumkit/server";
import type { Browser } from "playwright-core";
import { dashboardExpressions, describeBoards, renderClassic, renderRules } from "rumkit/generate";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { catalog } from "../../examples/llm/catalog.ts";
import { launchShell } from "../support/chromium.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { askLlm, type Seen } from "../support/llm/askLlm.ts";
import { FIRST_JAVASCRIPT, FIRST_PYTHON, FIRST_SHELL } from "../support/llm/firstClients.ts";
import { runOnPort8000 } from "../support/llm/runOnPort8000.ts";
import { LLM_FOLDER, LLM_PROGRAM, type RunningLlm, startLlm } from "../support/llm/startLlm.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { promtool, withVariables } from "../support/promtool.ts";
import { openStreamClient } from "../support/streamClient.ts";

const CHAT = "/v1/chat/completions";
const EMBEDDINGS = "/v1/embeddings";

/** Billionths of a dollar for a token, as the README lists them. */
const PRICES = {
  "gpt-4": { prompt: 30_000, cached: 15_000, completion: 60_000 },
  "gpt-4o": { prompt: 2_500, cached: 1_250, completion: 10_000 },
  "gpt-4o-mini": { prompt: 150, cached: 75, completion: 600 },
  "text-embedding-3-small": { prompt: 20, cached: 20, completion: 0 },
};

const rules = renderRules(describeMetrics(catalog), catalog);
let folder: string;
let llm: RunningLlm;
let prometheus: RunningPrometheus;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-llm-"));
  await writeFile(join(folder, "rules.yaml"), rules);
  const flags = ["--no-load", "--seed", "7", "--faults", "30", "--slots", "2", "--queue", "2"];
  [llm, browser] = await Promise.all([startLlm(flags), launchShell()]);
  prometheus = await startPrometheus({ llm: llm.origin }, [join(folder, "rules.yaml")]);
});

afterAll(async () => {
  await Promise.all([llm.stop(), browser.close(), prometheus.stop()]);
  await rm(folder, { recursive: true });
});

/** Sums of Prometheus by some labels: `{"a b": 3}`. Those that are 0 are left out. */
async function sumsOf(metric: string, by: readonly string[]): Promise<Record<string, number>> {
  const results = await prometheus.query(`sum by (${by.join(",")}) (${metric}) > 0`);
  return Object.fromEntries(
    results.map(({ labels, value }) => [by.map((label) => labels[label] ?? "").join(" "), value]),
  );
}

const messages = (subject: string): object[] => [
  { role: "system", content: `You know everything about ${subject}. `.repeat(12) },
  { role: "user", content: "What is new?" },
];

/** Asks for whole answers, streams, embeddings and mistakes; some clients leave, and some find the queue full. */
async function askEverything() {
  const ask = (path: string, body: object | string, leavesAfter?: number): Promise<Seen> =>
    askLlm(llm.origin, path, body, leavesAfter);
  const mini = { model: "gpt-4o-mini", messages: messages("ships"), max_tokens: 10 };
  const large = { model: "gpt-4o", messages: messages("trees"), max_tokens: 12, stream: true };
  const streamed = { ...large, stream_options: { include_usage: true } };

  const whole: Seen[] = [];
  const streams: Seen[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    whole.push(await ask(CHAT, mini));
    streams.push(await ask(CHAT, streamed));
  }
  const leavers = [];
  for (let turn = 0; turn < 4; turn += 1)
    leavers.push(await ask(CHAT, { model: "gpt-4", messages: messages("stars"), stream: true }, 2));
  // Two are answered, two wait, and others are turned away.
  const crowd: Seen[] = [];
  while (crowd.every(({ status }) => status !== 429))
    crowd.push(...(await Promise.all(Array.from({ length: 9 }, () => ask(CHAT, streamed)))));
  const embedded = [];
  for (const input of ["One text", ["two", "texts"]])
    embedded.push(await ask(EMBEDDINGS, { model: "text-embedding-3-small", input }));
  const mistakes = [
    await ask(CHAT, { ...mini, model: "gpt-17" }),
    await ask(CHAT, '{"model": "gpt-4"'),
    await ask(CHAT, { ...mini, user: "x".repeat(300_000) }),
  ];
  return { whole, streams: [...streams, ...crowd], leavers, embedded, mistakes };
}

const add = (counts: Record<string, number>, key: string, by: number): void => {
  if (by > 0) counts[key] = (counts[key] ?? 0) + by;
};

/** Adds up what the clients saw, in the form of `sumsOf`. */
function writeLedger({
  whole,
  streams,
  leavers,
  embedded,
  mistakes,
}: Awaited<ReturnType<typeof askEverything>>) {
  const requests: Record<string, number> = {};
  for (const { status } of [...whole, ...streams, ...leavers, ...mistakes])
    add(requests, `${CHAT} ${status}`, 1);
  for (const { status } of embedded) add(requests, `${EMBEDDINGS} ${status}`, 1);

  const begun = streams.filter(({ status }) => status === 200);
  const complete = begun.find(({ usage }) => usage && usage.prompt_tokens_details!.cached_tokens > 0)!.usage!;
  const { prompt_tokens: prompt, prompt_tokens_details: details } = complete;
  const tokens: Record<string, number> = {};
  // The first stream found nothing in the cache, and each later one the same.
  const cached = (begun.length - 1) * details!.cached_tokens;
  add(tokens, "gpt-4o prompt", begun.length * prompt - cached);
  add(tokens, "gpt-4o cached", cached);
  for (const { words } of begun) add(tokens, "gpt-4o completion", words);
  for (const { usage } of whole.filter(({ status }) => status === 200)) {
    const found = usage!.prompt_tokens_details!.cached_tokens;
    add(tokens, "gpt-4o-mini prompt", usage!.prompt_tokens - found);
    add(tokens, "gpt-4o-mini cached", found);
    add(tokens, "gpt-4o-mini completion", usage!.completion_tokens!);
  }
  for (const { usage } of embedded) add(tokens, "text-embedding-3-small prompt", usage!.prompt_tokens);

  const ends: Record<string, number> = {};
  const outcomes = { completed: "done", broken: "error", left: "canceled" };
  for (const { end } of begun) add(ends, `gpt-4o ${outcomes[end!]}`, 1);
  for (const { end } of leavers) if (end) add(ends, `gpt-4 ${outcomes[end]}`, 1);
  const wholeAnswers = whole.filter(({ status }) => status === 200).length;
  return { requests, tokens, ends, hits: { "gpt-4o": begun.length - 1, "gpt-4o-mini": wholeAnswers - 1 } };
}

test("Prometheus has what a ledger of the clients has: requests by status, tokens, cache, ends of streams, costs", async () => {
  const seen = await askEverything();
  const ledger = writeLedger(seen);
  expect(ledger.requests[`${CHAT} 429`]).toBeGreaterThan(0);
  expect(Object.keys(ledger.ends)).toEqual(
    expect.arrayContaining(["gpt-4o done", "gpt-4o error", "gpt-4 canceled"]),
  );
  expect(seen.whole.filter(({ status }) => status === 500).length).toBeGreaterThan(0);

  await expectSoon(() => sumsOf("http_requests_total", ["route", "status"])).toEqual(ledger.requests);
  await expectSoon(() => sumsOf("stream_duration_seconds_count", ["model", "outcome"])).toEqual(ledger.ends);
  const ofOthers = 'llm_tokens_total{model!="gpt-4"}';
  await expectSoon(() => sumsOf(ofOthers, ["model", "kind"])).toEqual(ledger.tokens);
  const hits = 'cache_operations_total{operation="get",outcome="hit",model!="gpt-4"}';
  await expectSoon(() => sumsOf(hits, ["model"])).toEqual(ledger.hits);
  await expectSoon(() => sumsOf("streams_active", ["model"])).toEqual({});

  // What a client that left did not see is counted the same in both places.
  const all = await sumsOf("llm_tokens_total", ["model", "kind"]);
  const generated = await sumsOf("stream_items_total", ["model"]);
  for (const model of ["gpt-4", "gpt-4o", "gpt-4o-mini"])
    expect(all[`${model} completion`]).toBe(generated[model]);
  const words = seen.leavers.reduce((sum, leaver) => sum + leaver.words, 0);
  expect(generated["gpt-4"]).toBeGreaterThanOrEqual(words);
  const costs = Object.entries(PRICES).map(([model, prices]) => {
    const kinds = Object.entries<number>(prices);
    return [model, kinds.reduce((sum, [kind, price]) => sum + price * (all[`${model} ${kind}`] ?? 0), 0)];
  });
  expect(await sumsOf("llm_cost_nanodollars_total", ["model"])).toEqual(Object.fromEntries(costs));
});

test("the generated rules and boards are read by Prometheus, and every query of them can be answered", async () => {
  await promtool(["check", "rules"], "rules.yaml", rules);
  await expectSoon(async () => {
    const { data } = (await prometheus.ask("rules")) as {
      data: { groups: { rules: { name: string; health: string }[] }[] };
    };
    return data.groups.flatMap((group) => group.rules).filter(({ health }) => health !== "ok");
  }).toEqual([]);
  const boards = describeBoards(describeMetrics(catalog), catalog).map((board) => renderClassic(board));
  const queries = boards.flatMap((board) => dashboardExpressions(board)).map(({ expr }) => expr);
  expect(queries.filter((query) => /llm_tokens_total|llm_cost_nanodollars_total/.test(query))).toHaveLength(
    2,
  );
  // A query that Prometheus cannot read rejects.
  await Promise.all(queries.map((query) => prometheus.query(withVariables(query, { job: "llm" }))));
});

describe("the page", () => {
  test("shows what the stream pushes, narrows it, streams an answer, and connects again", async () => {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(llm.origin);
    await page.getByText("Connected", { exact: true }).waitFor();
    const card = (name: string) => page.getByRole("region", { name });
    await card("Streaming").getByText("Completed").waitFor();
    await card("Latency").getByText(CHAT).waitFor();
    await card("Tokens and costs").getByText("gpt-4o-mini").waitFor();

    await page.getByLabel("Type").selectOption("latency");
    await page.getByRole("button", { name: "Subscribe" }).click();
    await card("Streaming").getByText("No data").waitFor();
    await card("Latency").getByText(CHAT).waitFor();

    const interval = page.getByLabel("Interval, seconds");
    await interval.fill("0");
    expect(await interval.evaluate((input: HTMLInputElement) => input.validity.rangeUnderflow)).toBe(true);
    await interval.fill("0.5");
    await page.getByLabel("Type").selectOption("all");
    await page.getByRole("button", { name: "Subscribe" }).click();
    await page.getByText(/subscribed: .*"interval":0.5/).waitFor();

    await page.locator("#chat").getByLabel("Model").selectOption("gpt-4o-mini");
    // A model may fail here as everywhere, so it is asked until it has answered.
    await expectSoon(async () => {
      await page.getByRole("button", { name: "Ask", exact: true }).click();
      await page.waitForFunction(() => document.querySelector("#usage")!.textContent !== "");
      return page.locator("#usage").textContent();
    }).toMatch(
      /tokens of the prompt \(\d+ cached\), \d+ of the answer; first token after \d+ ms.* \$0\.\d+$/,
    );
    expect((await page.locator("#answer").textContent())!.split(" ").length).toBeGreaterThan(10);

    await page.getByRole("button", { name: "Disconnect" }).click();
    await page.getByText("Not connected", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByText("Connected", { exact: true }).waitFor();
    expect(faults).toEqual([]);
  });
});

describe("the clients of the protocol's first description", () => {
  test("the one for browsers runs unchanged in Chromium", async () => {
    const { host } = new URL(llm.origin);
    const mapped = await launchShell({ args: [`--host-resolver-rules=MAP localhost:8000 ${host}`] });
    onTestFinished(() => mapped.close());
    const page = await mapped.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    await page.goto("http://localhost:8000/health/detailed");
    await page.addScriptTag({ content: FIRST_JAVASCRIPT });
    await expectSoon(() => said.join("\n")).toMatch(/^Connected[^]*Throughput: [^]*Latency: /);
  });

  test("those for Python and websocat run unchanged, in a network where the API has port 8000", async (context) => {
    const output = await runOnPort8000({ python: FIRST_PYTHON, shell: FIRST_SHELL });
    if (typeof output === "object") return context.skip(output.missing);
    expect(output).toMatch(/Historical data: \{[^]*Throughput: \{[^]*Latency: \{/);
    expect(output).toMatch(/"type":"historical_data"[^]*"type":"subscribed"/);
  });
});

test("bad messages of the stream are answered with what is right, change nothing, and a client that stalls delays no other", async () => {
  const url = `${llm.origin.replace("http", "ws")}/metrics/stream`;
  const [client, stalled] = [await openStreamClient(url), await openStreamClient(url)];
  onTestFinished(() => [client, stalled].forEach(({ ws }) => ws.terminate()));
  stalled.send({ type: "subscribe", filters: { interval: 0.1 } });
  stalled.ws.pause();
  client.send({ type: "subscribe", filters: { endpoint: CHAT, interval: 0.1 } });
  for (const [message, answer] of [
    ["{", /not JSON|JSON/],
    ['{"type":"dance"}', /"dance"|type/],
    ['{"type":"subscribe","filters":{"interval":0}}', /interval/],
    ['{"type":"subscribe","filters":{"metric_type":"memory"}}', /metric_type|memory/],
  ] as const) {
    client.send(message);
    expect((await client.next("error")).message).toMatch(answer);
  }
  const { data } = await client.next("metrics_update");
  expect(Object.keys(data.latency ?? {})).toEqual([CHAT]);
  client.send({ type: "ping" });
  await client.next("pong");
});

test("a wrong flag and a port in use end the program with one sentence", async () => {
  const { port } = new URL(llm.origin);
  const wrong = [
    [["--seed", "x"], /--seed must be a whole number from 0 to 4294967295: "x"\.$/],
    [["--nope"], /Unknown option '--nope'$/],
    [[], new RegExp(`Port ${port} is in use\\. Set PORT to another one\\.$`)],
  ] as const;
  const said = wrong.map(([flags]) =>
    promisify(execFile)(process.execPath, [...LLM_PROGRAM, ...flags], {
      cwd: LLM_FOLDER,
      env: { ...process.env, PORT: port },
    }).catch(({ code, stderr }: { code: number; stderr: string }) => `${code} ${stderr.trimEnd()}`),
  );
  for (const [index, text] of (await Promise.all(said)).entries()) {
    expect(text).toMatch(wrong[index]![1]);
    expect(text).toMatch(/^1 \[llm\] [^\n]+$/);
  }
});

test("SIGTERM in the middle ends answers within seconds with everything counted, and a journal keeps tokens and costs", async () => {
  const flags = ["--no-load", "--faults", "0", "--journal", join(folder, "llm.journal")];
  const first = await startLlm(flags);
  const body = { model: "gpt-4", messages: messages("rivers"), stream: true, max_tokens: 500 };
  const asked = [askLlm(first.origin, CHAT, body), askLlm(first.origin, CHAT, { ...body, seed: 1 })];
  await expectSoon(async () => {
    const { streaming } = (await (await fetch(`${first.origin}/metrics/json`)).json()) as {
      streaming: { active: number };
    };
    return streaming.active;
  }).toBe(2);
  await first.stop();
  const seen = await Promise.all(asked);
  const words = seen.reduce((sum, { words: each }) => sum + each, 0);
  expect(words).toBeGreaterThan(0);

  const second = await startLlm(flags);
  onTestFinished(() => second.stop());
  const costs = (await (await fetch(`${second.origin}/metrics/costs`)).json()) as {
    total_usd: string;
    models: { tokens: { prompt: number; cached: number; completion: number } }[];
  };
  const { prompt, cached, completion } = costs.models[0]!.tokens;
  expect(completion).toBe(words);
  const { "gpt-4": prices } = PRICES;
  const cost = prompt * prices.prompt + cached * prices.cached + completion * prices.completion;
  expect(Math.round(Number(costs.total_usd) * 1e9)).toBe(cost);
});
