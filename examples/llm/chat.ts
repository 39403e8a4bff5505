import { randomUUID } from "node:crypto";
import type { Collector } from "@rumkit/server";
import type { Context, Handler } from "hono";
import { admit, clientLeft, type Ending } from "./admission.ts";
import { CHAT_ROUTE, type Completion, completionBody } from "./completion.ts";
import type { catalog } from "./catalog.ts";
import { streamCompletion } from "./completionStream.ts";
import type { NextFault } from "./faults.ts";
import { generate, ModelFailure, type Pause } from "./generate.ts";
import type { Meter } from "./meter.ts";
import { MODEL_NAMES, type ModelName } from "./models.ts";
import type { PromptCache } from "./promptCache.ts";
import type { Queue } from "./queue.ts";
import { readChat } from "./readChat.ts";
import { readJson } from "./readJson.ts";
import { MODEL_FAILED, Refusal, refuse } from "./refusal.ts";

export interface ChatOptions {
  readonly collector: Collector<typeof catalog>;
  readonly queue: Queue;
  readonly cache: PromptCache;
  readonly meter: Meter;
  readonly nextFault: NextFault;
  readonly pause: Pause;
  readonly seed: number;
  readonly ending: Ending;
}

/** Creates the handler of `POST /v1/chat/completions`. */
export function createChat(options: ChatOptions): Handler {
  const { collector, queue, cache, ending } = options;
  const prefixes = Object.fromEntries(
    MODEL_NAMES.map((model) => [model, collector.trackCache("prefixes", { route: CHAT_ROUTE, model })]),
  ) as Record<ModelName, ReturnType<typeof collector.trackCache>>;

  return async (c) => {
    const startedAt = performance.now();
    const fields = await readJson(c);
    if (fields instanceof Refusal) return refuse(c, fields);
    const request = readChat(fields);
    if (request instanceof Refusal) return refuse(c, request);
    const admission = await admit(c, queue, ending);
    if (admission instanceof Response) return admission;

    const fault = options.nextFault();
    // An answer that is sent whole cannot break in the middle: its client would pay for nothing.
    if (fault === "error" || (fault === "break" && !request.isStreamed)) {
      admission.leave();
      return fail(c, options, new ModelFailure("The model failed before its first token."));
    }
    const { name } = request.model;
    const reused = cache.read(name, request.prompt);
    prefixes[name].lookup({ tokens: request.prompt.length, reused });
    prefixes[name].entries(cache.size);
    const completion: Completion = {
      id: `chatcmpl-${randomUUID()}`,
      createdAt: Math.floor(Date.now() / 1000),
      request,
      reused,
      startedAt,
    };
    const unread = request.prompt.length - reused;
    const { pause, seed } = options;
    const answer = (signal: AbortSignal): AsyncGenerator<string, void> =>
      generate({ request, unread, seed, pause, signal, breaks: fault === "break" });
    const end = (tokens: number): void => {
      admission.leave();
      options.meter(name, { prompt: unread, cached: reused, completion: tokens });
    };
    if (!request.isStreamed) return answerWhole(c, options, completion, answer(admission.signal), end);
    return streamCompletion({ completion, answer, signal: admission.signal, end, collector });
  };
}

/** Sends the answer as one body. */
async function answerWhole(
  c: Context,
  options: ChatOptions,
  completion: Completion,
  answer: AsyncGenerator<string, void>,
  end: (tokens: number) => void,
): Promise<Response> {
  const { collector } = options;
  const { name: model } = completion.request.model;
  const words: string[] = [];
  try {
    for await (const word of answer) words.push(word);
    return c.json(completionBody(completion, words));
  } catch (error) {
    return c.req.raw.signal.aborted ? clientLeft() : fail(c, options, error);
  } finally {
    collector.trackTokens("chat", words.length, { route: CHAT_ROUTE, model });
    end(words.length);
  }
}

function fail(c: Context, { collector }: ChatOptions, error: unknown): Response {
  collector.trackError(error);
  return refuse(c, MODEL_FAILED);
}
