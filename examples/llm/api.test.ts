import { describe, expect, test } from "vitest";
import { openLlm } from "../../test/support/llm/openLlm.ts";
import { catalog } from "./catalog.ts";
import { MODEL_NAMES, TOKEN_KINDS } from "./models.ts";

const CHAT = "/v1/chat/completions";
const EMBEDDINGS = "/v1/embeddings";
const messages = [{ role: "user", content: "Hello" }];
const chat = (fields: object): object => ({ model: "gpt-4", messages, ...fields });
const embed = (fields: object): object => ({ model: "text-embedding-3-small", input: "Hello", ...fields });

const refused: readonly (readonly [
  what: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
])[] = [
  ["a body that is not JSON", CHAT, '{"model": ', 400, "invalid_json"],
  ["an empty body", CHAT, "", 400, "invalid_json"],
  ["a body that is a list", CHAT, [], 400, "invalid_json"],
  ["a body that looks like a refusal", CHAT, { status: 200, code: "x", fields: {} }, 400, "missing_model"],
  ["no model", CHAT, { messages }, 400, "missing_model"],
  ["an unknown model", CHAT, chat({ model: "gpt-17" }), 404, "model_not_found"],
  ["a model of the prototype", CHAT, chat({ model: "__proto__" }), 404, "model_not_found"],
  ["a model for embeddings", CHAT, chat({ model: "text-embedding-3-small" }), 400, "wrong_model"],
  ["no messages", CHAT, { model: "gpt-4" }, 400, "invalid_value"],
  ["an empty list of messages", CHAT, chat({ messages: [] }), 400, "invalid_value"],
  ["a message that is null", CHAT, chat({ messages: [null] }), 400, "invalid_value"],
  ["an unknown role", CHAT, chat({ messages: [{ role: "king", content: "" }] }), 400, "invalid_value"],
  [
    "content other than a text",
    CHAT,
    chat({ messages: [{ role: "user", content: 7 }] }),
    400,
    "invalid_value",
  ],
  [
    "more than a model reads",
    CHAT,
    chat({ messages: [{ role: "user", content: "a ".repeat(9_000) }] }),
    400,
    "context_length_exceeded",
  ],
  ["a stream that is a text", CHAT, chat({ stream: "yes" }), 400, "invalid_value"],
  ["no tokens", CHAT, chat({ max_tokens: 0 }), 400, "invalid_value"],
  ["a million tokens", CHAT, chat({ max_completion_tokens: 1_000_000 }), 400, "invalid_value"],
  ["half a token", CHAT, chat({ max_tokens: 1.5 }), 400, "invalid_value"],
  ["two answers", CHAT, chat({ n: 2 }), 400, "invalid_value"],
  ["a seed that is a text", CHAT, chat({ seed: "1" }), 400, "invalid_value"],
  ["options of a stream without a stream", CHAT, chat({ stream_options: {} }), 400, "invalid_value"],
  ["a body of 300 kB", CHAT, chat({ user: "x".repeat(300_000) }), 413, "body_too_large"],
  ["no input", EMBEDDINGS, embed({ input: undefined }), 400, "invalid_value"],
  ["an empty input", EMBEDDINGS, embed({ input: "" }), 400, "invalid_value"],
  [
    "too many inputs",
    EMBEDDINGS,
    embed({ input: Array.from({ length: 65 }, () => "a") }),
    400,
    "invalid_value",
  ],
  ["no dimensions", EMBEDDINGS, embed({ dimensions: 0 }), 400, "invalid_value"],
  ["an unknown format", EMBEDDINGS, embed({ encoding_format: "hex" }), 400, "invalid_value"],
  ["a model for chats", EMBEDDINGS, embed({ model: "gpt-4" }), 400, "wrong_model"],
];

describe("bad input is refused in OpenAI's form, and counted by its status", () => {
  test.each(refused)("%s", async (_what, path, body, status, code) => {
    const { post, counted, world } = openLlm();
    const response = await post(path, body);
    const answer = (await response.json()) as { error: { message: string } };
    expect([response.status, answer]).toMatchObject([
      status,
      { error: { code, type: "invalid_request_error", message: expect.stringMatching(/\.$/) as string } },
    ]);
    expect(answer.error.message.length).toBeLessThan(300);
    const metrics = await counted();
    expect(metrics.get(`http_requests_total{method="POST",route="${path}",status="${status}"}`)).toBe(1);
    expect(world.busy()).toBe(0);
    // Nothing of it is on a bill, or in a cache.
    expect([...metrics].filter(([name, value]) => /^(llm_|cache_|stream)/.test(name) && value > 0)).toEqual(
      [],
    );
  });

  test("another method and an unknown path", async () => {
    const { world } = openLlm();
    const wrong = await world.app.request(CHAT);
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
    const unknown = await world.app.request("/v1/images");
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: "unknown_url" } }]);
  });
});

test("fields that are null, unknown or of newer clients are accepted", async () => {
  const { post } = openLlm();
  const parts = [{ type: "text", text: "Hello" }];
  const body = chat({
    messages: [{ role: "developer", content: parts }],
    max_tokens: null,
    stream: null,
    n: null,
    seed: null,
    stream_options: null,
    temperature: 0.5,
    user: "me",
  });
  expect((await post(CHAT, body)).status).toBe(200);
});

test("the list of models has each of them, with the names and kinds that the catalog has", async () => {
  const { world } = openLlm();
  const list = (await (await world.app.request("/v1/models")).json()) as { data: { id: string }[] };
  expect(list.data.map(({ id }) => id)).toEqual(MODEL_NAMES);
  expect(await (await world.app.request("/v1/models/gpt-4")).json()).toMatchObject({ id: "gpt-4" });
  expect((await world.app.request("/v1/models/gpt-17")).status).toBe(404);
  const { "llm.tokens": tokens, "llm.cost.nanodollars": cost } = catalog.ingested;
  expect([tokens.labels.model, tokens.labels.kind]).toEqual([MODEL_NAMES, TOKEN_KINDS]);
  expect(cost.labels.model).toEqual(MODEL_NAMES);
});

test("embeddings are vectors of length 1, the same for the same text, as numbers or in base64", async () => {
  const { post, counted } = openLlm();
  const ask = async (fields: object) =>
    (await (await post(EMBEDDINGS, embed(fields))).json()) as {
      data: { embedding: number[] | string }[];
      usage: { prompt_tokens: number };
    };
  const { data, usage } = await ask({ input: ["Hello", "World", "Hello"], dimensions: 8 });
  const [hello, world, again] = data.map(({ embedding }) => embedding as number[]);
  expect(Math.hypot(...hello!)).toBeCloseTo(1, 5);
  expect(again).toEqual(hello);
  expect(world).not.toEqual(hello);
  const encoded = (await ask({ dimensions: 8, encoding_format: "base64" })).data[0]!.embedding as string;
  const bytes = Uint8Array.from(Buffer.from(encoded, "base64"));
  expect([...new Float32Array(bytes.buffer)]).toEqual(hello);
  const counts = await counted();
  const total = usage.prompt_tokens + 1;
  expect(counts.get('llm_tokens_total{model="text-embedding-3-small",kind="prompt"}')).toBe(total);
  expect(counts.get('llm_cost_nanodollars_total{model="text-embedding-3-small"}')).toBe(20 * total);
});
