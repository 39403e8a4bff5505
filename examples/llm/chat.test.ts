import { describe, expect, test } from "vitest";
import { expectSoon } from "../../test/support/expectSoon.ts";
import { eventsOf, openLlm } from "../../test/support/llm/openLlm.ts";
import { BLOCK_TOKENS } from "./promptCache.ts";

const CHAT = "/v1/chat/completions";
const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Hello there" }] };

interface Answer {
  readonly choices: readonly { message: { content: string }; finish_reason: string }[];
  readonly usage: {
    prompt_tokens: number;
    completion_tokens: number;
    total_tokens: number;
    prompt_tokens_details: { cached_tokens: number };
  };
}

async function answerOf(response: Response): Promise<Answer> {
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

/** Models that wait until they may go on, or until their signal aborts. */
function createGate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const pause = async (_milliseconds: number, signal: AbortSignal): Promise<void> => {
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    await Promise.race([opened, aborted]);
    signal.throwIfAborted();
  };
  return { pause, open };
}

describe("an answer", () => {
  test("is the same for the same model, messages and seeds, and another one for others", async () => {
    const { post } = openLlm();
    const contentOf = async (body: object): Promise<string> =>
      (await answerOf(await post(CHAT, body))).choices[0]!.message.content;
    const first = await contentOf(hello);
    expect(await contentOf(hello)).toBe(first);
    expect(await contentOf({ ...hello, seed: 7 })).not.toBe(first);
    expect(await contentOf({ ...hello, model: "gpt-4" })).not.toBe(first);
  });

  test("streams the words that it would send whole, then its tokens, then [DONE]", async () => {
    const { post } = openLlm();
    const whole = await answerOf(await post(CHAT, hello));
    const body = { ...hello, stream: true, stream_options: { include_usage: true } };
    const response = await post(CHAT, body);
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const events = (await eventsOf(response)) as {
      choices: { delta: { content?: string }; finish_reason: string | null }[];
      usage: Answer["usage"] | null;
    }[];
    expect(events.pop()).toBe("[DONE]");
    const last = events.pop();
    expect(last).toMatchObject({ choices: [], usage: { ...whole.usage, prompt_tokens_details: {} } });
    expect(events.at(-1)!.choices[0]!.finish_reason).toBe("stop");
    expect(events.every(({ usage }) => usage === null)).toBe(true);
    const text = events.map(({ choices }) => choices[0]!.delta.content ?? "").join("");
    expect(text).toBe(whole.choices[0]!.message.content);
  });

  test("ends at max_tokens", async () => {
    const { post } = openLlm();
    const { choices, usage } = await answerOf(await post(CHAT, { ...hello, max_tokens: 3 }));
    expect([choices[0]!.finish_reason, usage.completion_tokens]).toEqual(["length", 3]);
  });

  test("counts its tokens and what they cost, streamed or not", async () => {
    const { post, counted } = openLlm();
    const { usage } = await answerOf(await post(CHAT, hello));
    await (await post(CHAT, { ...hello, stream: true })).text();
    const metrics = await counted();
    const labels = 'model="gpt-4o",kind=';
    const { prompt_tokens: prompt, completion_tokens: completion } = usage;
    expect(metrics.get(`llm_tokens_total{${labels}"prompt"}`)).toBe(2 * prompt);
    expect(metrics.get(`llm_tokens_total{${labels}"completion"}`)).toBe(2 * completion);
    expect(metrics.get('llm_cost_nanodollars_total{model="gpt-4o"}')).toBe(
      2 * (prompt * 2_500 + completion * 10_000),
    );
    const stream = `stream="chat",route="${CHAT}",model="gpt-4o"`;
    expect(metrics.get(`stream_items_total{${stream}}`)).toBe(2 * completion);
    expect(metrics.get(`streams_started_total{${stream}}`)).toBe(1);
  });
});

describe("the cache of prefixes", () => {
  const system = { role: "system", content: "You are patient. ".repeat(30) };

  test("has whole blocks of the same beginning, for the same model", async () => {
    const { post, counted } = openLlm();
    const ask = async (content: string, model = "gpt-4o"): Promise<number> => {
      const answer = await answerOf(
        await post(CHAT, { model, messages: [system, { role: "user", content }] }),
      );
      return answer.usage.prompt_tokens_details.cached_tokens;
    };
    expect(await ask("One?")).toBe(0);
    const reused = await ask("Something else?");
    expect(reused).toBeGreaterThanOrEqual(80);
    expect(reused % BLOCK_TOKENS).toBe(0);
    expect(await ask("One?", "gpt-4")).toBe(0);
    const metrics = await counted();
    const labels = `cache="prefixes",route="${CHAT}",model="gpt-4o"`;
    expect(metrics.get(`cache_tokens_reused_total{${labels}}`)).toBe(reused);
    expect(metrics.get(`cache_operations_total{${labels},operation="get",outcome="hit"}`)).toBe(1);
    expect(metrics.get(`cache_operations_total{${labels},operation="get",outcome="miss"}`)).toBe(1);
    expect(metrics.get('llm_tokens_total{model="gpt-4o",kind="cached"}')).toBe(reused);
  });
});

describe("the queue", () => {
  test("turns a request away with Retry-After when it is full, and counts it", async () => {
    const { pause, open } = createGate();
    const { post, world, counted } = openLlm({ slots: 1, places: 1, pause });
    const [answered, waits] = [post(CHAT, hello), post(CHAT, hello)];
    await expectSoon(world.busy).toBe(2);
    const refused = await post(CHAT, hello);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toMatchObject({ error: { type: "rate_limit_error", code: "queue_full" } });
    expect((await counted()).get('queue_depth{queue="generation"}')).toBe(1);
    open();
    expect([(await answered).status, (await waits).status]).toEqual([200, 200]);
    expect(world.busy()).toBe(0);
    expect((await counted()).get(`http_requests_total{method="POST",route="${CHAT}",status="429"}`)).toBe(1);
  });

  test("forgets a client that leaves while it waits, or while it is answered", async () => {
    const { pause, open } = createGate();
    const { post, world } = openLlm({ slots: 1, places: 1, pause });
    const [first, second] = [new AbortController(), new AbortController()];
    const left = [post(CHAT, hello, first.signal), post(CHAT, hello, second.signal)];
    await expectSoon(world.busy).toBe(2);
    second.abort();
    expect((await left[1]!).status).toBe(499);
    expect(world.busy()).toBe(1);
    first.abort();
    expect((await left[0]!).status).toBe(499);
    expect(world.busy()).toBe(0);
    open();
    expect((await post(CHAT, hello)).status).toBe(200);
  });

  test("refuses requests of a server that stops, and ends answers on their way", async () => {
    const { pause } = createGate();
    const { post, world, counted } = openLlm({ pause });
    const response = await post(CHAT, { ...hello, stream: true });
    world.drain();
    const refused = await post(CHAT, hello);
    expect([refused.status, world.busy()]).toEqual([503, 1]);
    world.close();
    expect((await eventsOf(response)).at(-1)).toMatchObject({ error: { type: "server_error" } });
    expect(world.busy()).toBe(0);
    const ended = `stream_duration_seconds_count{stream="chat",route="${CHAT}",model="gpt-4o",outcome="error"}`;
    expect((await counted()).get(ended)).toBe(1);
  });
});

test("models fail at the given rate: before their answer with 500, or in its middle with an error as the last event", async () => {
  const { post, counted, world } = openLlm({ faultRate: 1, seed: 3 });
  const seen = { refused: 0, broken: 0 };
  for (let request = 0; request < 12; request += 1) {
    const response = await post(CHAT, { ...hello, stream: true });
    if (response.status === 500) {
      expect(await response.json()).toMatchObject({ error: { code: "model_failure" } });
      seen.refused += 1;
    } else {
      const events = await eventsOf(response);
      expect(events).not.toContain("[DONE]");
      expect(events.at(-1)).toMatchObject({ error: { code: "model_failure" } });
      seen.broken += 1;
    }
  }
  expect(Math.min(seen.refused, seen.broken)).toBeGreaterThan(0);
  expect(world.busy()).toBe(0);
  const metrics = await counted();
  const labels = `stream="chat",route="${CHAT}",model="gpt-4o",outcome="error"`;
  expect(metrics.get(`stream_duration_seconds_count{${labels}}`)).toBe(seen.broken);
  expect(metrics.get(`http_requests_total{method="POST",route="${CHAT}",status="500"}`)).toBe(seen.refused);
  expect(metrics.get('app_errors_total{error_type="ModelFailure",severity="error"}')).toBe(12);
});

test("a client that leaves in the middle of a stream is counted as canceled, and pays for the tokens so far", async () => {
  const { post, counted, world } = openLlm({
    pause: async (_milliseconds, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      if (signal.aborted) throw new DOMException("The client left.", "AbortError");
    },
  });
  const reader = (await post(CHAT, { ...hello, stream: true })).body!.getReader();
  await reader.read();
  await reader.read();
  await reader.cancel();
  await expectSoon(world.busy).toBe(0);
  const metrics = await counted();
  const labels = `stream="chat",route="${CHAT}",model="gpt-4o"`;
  expect(metrics.get(`stream_duration_seconds_count{${labels},outcome="canceled"}`)).toBe(1);
  const items = metrics.get(`stream_items_total{${labels}}`)!;
  expect(items).toBeGreaterThan(0);
  expect(metrics.get('llm_tokens_total{model="gpt-4o",kind="completion"}')).toBe(items);
});
