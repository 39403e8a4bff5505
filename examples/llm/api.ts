import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { clientLeft } from "./admission.ts";
import { type ChatOptions, createChat } from "./chat.ts";
import { createEmbeddings } from "./embeddings.ts";
import { findModel, MODEL_NAMES, type ModelName } from "./models.ts";
import { noSuchModel } from "./readJson.ts";
import { MODEL_FAILED, Refusal, refuse, STOPPING } from "./refusal.ts";

/** Bytes of a body: the longest prompt that a model reads has less. */
const MAX_BODY_BYTES = 262_144;

/** Bytes that are read of a larger body: some ten times what a mistaken client sends. */
const MOST_READ_BYTES = 4_194_304;

const TOO_LARGE = new Refusal({
  status: 413,
  type: "invalid_request_error",
  code: "body_too_large",
  message: `A body has at most ${MAX_BODY_BYTES} bytes.`,
});

/**
 * Reads a body whose length is known before the answer. Hono's adapter for Node closes the connection 500 ms after an answer
 * whose body was left unread, and so ends the client's next request on it. After any other body the answer closes it at once.
 */
async function refuseTooLarge(c: Context): Promise<Response> {
  const { body } = c.req.raw;
  if (!body || body.locked || Number(c.req.header("content-length")) > MOST_READ_BYTES)
    return refuse(c, TOO_LARGE, { connection: "close" });
  await body.pipeTo(new WritableStream());
  return refuse(c, TOO_LARGE);
}

/** Creates the API below `/v1`. Each error is answered in OpenAI's form. */
export function createApi(options: ChatOptions): Hono {
  const { collector, ending } = options;
  const api = new Hono().basePath("/v1");
  api.use(collector.httpMetrics());
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: refuseTooLarge }));

  api.post("/chat/completions", createChat(options));
  api.post("/embeddings", createEmbeddings(options));
  api.get("/models", (c) => c.json({ object: "list", data: MODEL_NAMES.map(modelObject) }));
  api.get("/models/:model", (c) => {
    const found = findModel(c.req.param("model"));
    return found ? c.json(modelObject(found.name)) : refuse(c, noSuchModel(c.req.param("model")));
  });
  for (const [path, method] of [
    ["/chat/completions", "POST"],
    ["/embeddings", "POST"],
    ["/models", "GET"],
    ["/models/:model", "GET"],
  ] as const)
    api.all(path, (c) => refuse(c, wrongMethod(c.req.method, method), { allow: method }));
  api.all("*", (c) => refuse(c, unknownPath(c.req.method, c.req.path)));

  api.onError((error, c) => {
    if (c.req.raw.signal.aborted) return clientLeft();
    if (ending.closing.aborted) return refuse(c, STOPPING);
    collector.trackError(error);
    return refuse(c, MODEL_FAILED);
  });
  return api;
}

function modelObject(name: ModelName): object {
  return { id: name, object: "model", created: 1_700_000_000, owned_by: "rumkit-example" };
}

function wrongMethod(method: string, allowed: string): Refusal {
  const message = `This path takes ${allowed}, not ${method}.`;
  return new Refusal({ status: 405, type: "invalid_request_error", code: "method_not_allowed", message });
}

function unknownPath(method: string, path: string): Refusal {
  const message = `Unknown request: ${method} ${path.slice(0, 200)}.`;
  return new Refusal({ status: 404, type: "invalid_request_error", code: "unknown_url", message });
}
