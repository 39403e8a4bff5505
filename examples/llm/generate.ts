import { setTimeout as wait } from "node:timers/promises";
import type { ChatRequest } from "./readChat.ts";
import { createRandom, pick, seedOf } from "./random.ts";

/** Resolves after milliseconds; rejects with the signal's reason. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<unknown>;

/**
 * Waits on the real clock. A client that left is an `AbortError`, whatever reason its signal has; a server that stops has
 * an error of another name.
 */
export const realPause: Pause = async (milliseconds, signal) => {
  await wait(milliseconds, undefined, { signal }).catch(() => {});
  if (!signal.aborted) return;
  throw signal.reason instanceof Error ? signal.reason : new DOMException("The client left.", "AbortError");
};

/** The reason of answers that end because the server stops. */
export class ServerStopping extends Error {
  override readonly name = "ServerStopping";
}

/** A model that broke. */
export class ModelFailure extends Error {
  override readonly name = "ModelFailure";
}

const WORDS = (
  "the a of and to in is it that for as with on by from this each one when where which only then than more most " +
  "cache prefix token prompt model answer stream queue first last small large fast slow exact same other every " +
  "counts waits reads keeps finds starts ends grows holds shows tells makes"
).split(" ");

/** The shortest and the longest answer that a model gives by itself. */
const ANSWER_TOKENS = { least: 24, most: 160 };

export interface Generation {
  readonly request: ChatRequest;
  /** Tokens of the prompt that the cache does not have. */
  readonly unread: number;
  /** All answers of the API change with it. */
  readonly seed: number;
  readonly pause: Pause;
  readonly signal: AbortSignal;
  /** The model breaks in the middle of its answer. */
  readonly breaks: boolean;
}

/** Returns the words of an answer: the same for the same model, prompt and seeds. */
function answerOf({ model, prompt, maxTokens, seed: requested }: ChatRequest, seed: number): string[] {
  const random = createRandom(seedOf(`${seed}\n${requested}\n${model.name}\n${prompt.join("")}`));
  const { least, most } = ANSWER_TOKENS;
  const length = Math.min(maxTokens, least + Math.floor(random() * (most - least)));
  return Array.from({ length }, (_, place) => (place === 0 ? "So" : ` ${pick(random, WORDS)}`));
}

/** Generates an answer at the model's speed, token by token. */
export async function* generate(options: Generation): AsyncGenerator<string, void> {
  const { request, unread, pause, signal } = options;
  const { firstTokenMs, promptTokenMs, tokenMs } = request.model;
  const words = answerOf(request, options.seed);
  const breaksAt = options.breaks ? Math.floor(words.length / 2) : -1;
  await pause(firstTokenMs + unread * promptTokenMs, signal);
  for (const [place, word] of words.entries()) {
    if (place === breaksAt) throw new ModelFailure("The model broke in the middle of its answer.");
    if (place > 0) await pause(tokenMs, signal);
    yield word;
  }
}
