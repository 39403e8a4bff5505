import type { ChatRequest } from "./readChat.ts";

export const CHAT_ROUTE = "/v1/chat/completions";

/** An answer that was begun. */
export interface Completion {
  readonly id: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
  readonly request: ChatRequest;
  /** Tokens of the prompt that the cache had. */
  readonly reused: number;
  /** When the request came, by `performance.now()`. */
  readonly startedAt: number;
}

/** Returns the tokens in OpenAI's form. */
export function usageOf({ request, reused }: Completion, completionTokens: number): object {
  const promptTokens = request.prompt.length;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: reused },
  };
}

/** Why an answer ended: by itself, or because it has as many tokens as the client wants. */
export function finishReason({ request }: Completion, tokens: number): "stop" | "length" {
  return tokens === request.maxTokens ? "length" : "stop";
}

/** Returns the body of an answer that is sent whole. */
export function completionBody(completion: Completion, words: readonly string[]): object {
  return {
    id: completion.id,
    object: "chat.completion",
    created: completion.createdAt,
    model: completion.request.model.name,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: words.join("") },
        finish_reason: finishReason(completion, words.length),
      },
    ],
    usage: usageOf(completion, words.length),
  };
}

/** Returns one event of a stream. `choices` is empty for the event of the usage. */
export function chunkOf(
  { id, createdAt, request }: Completion,
  choices: readonly object[],
  usage?: object,
): object {
  return {
    id,
    object: "chat.completion.chunk",
    created: createdAt,
    model: request.model.name,
    choices,
    ...(request.includesUsage && { usage: usage ?? null }),
  };
}
