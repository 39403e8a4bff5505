import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";
import { CHAT_ROUTE, chunkOf, type Completion, finishReason, usageOf } from "./completion.ts";
import { errorBody, MODEL_FAILED } from "./refusal.ts";

export interface StreamedCompletion {
  readonly completion: Completion;
  readonly answer: (signal: AbortSignal) => AsyncGenerator<string, void>;
  readonly signal: AbortSignal;
  /** Called once, with the tokens of the answer, however it ended. */
  readonly end: (tokens: number) => void;
  readonly collector: Collector<typeof catalog>;
}

const HEADERS = { "content-type": "text/event-stream", "cache-control": "no-store" };

/**
 * Sends the answer as server-sent events. The model does not wait for a slow reader, who would keep others from its place:
 * an answer is at most some hundred kilobytes.
 */
export function streamCompletion(options: StreamedCompletion): Response {
  const { completion, collector } = options;
  const leaving = new AbortController();
  const signal = AbortSignal.any([options.signal, leaving.signal]);
  const tracked = collector.trackStream("chat", options.answer(signal), {
    route: CHAT_ROUTE,
    model: completion.request.model.name,
    startedAt: completion.startedAt,
  });
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void send(tracked, controller, options),
    // An abort without a reason is an `AbortError`: the stream counts as canceled.
    cancel: () => leaving.abort(),
  });
  return new Response(body, { headers: HEADERS });
}

/** Never throws: a reader that left can be sent nothing. */
async function send(
  answer: AsyncGenerator<string, void>,
  controller: ReadableStreamDefaultController<Uint8Array>,
  { completion, collector, end }: StreamedCompletion,
): Promise<void> {
  const encoder = new TextEncoder();
  const sendEvent = (value: object | string): void => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    controller.enqueue(encoder.encode(`data: ${text}\n\n`));
  };
  const choice = (delta: object, reason: string | null = null): object[] => [
    { index: 0, delta, finish_reason: reason },
  ];
  let tokens = 0;
  try {
    sendEvent(chunkOf(completion, choice({ role: "assistant", content: "" })));
    for await (const word of answer) {
      tokens += 1;
      sendEvent(chunkOf(completion, choice({ content: word })));
    }
    sendEvent(chunkOf(completion, choice({}, finishReason(completion, tokens))));
    if (completion.request.includesUsage) sendEvent(chunkOf(completion, [], usageOf(completion, tokens)));
    sendEvent("[DONE]");
    controller.close();
  } catch (error) {
    fail(error);
  } finally {
    end(tokens);
  }

  function fail(error: unknown): void {
    const { name } = error as Error;
    if (name === "AbortError" || name === "TypeError") return;
    collector.trackError(error);
    sendEvent(errorBody(MODEL_FAILED));
    controller.close();
  }
}
