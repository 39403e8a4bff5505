import type { Collector } from "@rumkit/server";
import type { Context } from "hono";
import { streamText } from "hono/streaming";
import type { catalog } from "./catalog.ts";
import { findProducts } from "./products.ts";

export interface AdviceOptions {
  /** Counts the answers, and how fast they come. */
  readonly collector: Collector<typeof catalog>;
  /** Resolves after so many milliseconds; stands in for the time that a language model needs for a word. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
}

/** Every question to the model begins with these words, so its cache has them from the second question on. */
const INSTRUCTIONS = "You know the books of this shop. Suggest one of them in a sentence. The question is:";

/** Milliseconds for a word: about as fast as a small model writes. */
const WORD_MS = 30;

/** Answers a question for a present word by word, as a language model would. */
export function createAdvice({ collector, pause }: AdviceOptions): (c: Context) => Response {
  async function* write(text: string): AsyncGenerator<string> {
    for (const word of text.split(" ")) {
      await pause(WORD_MS);
      yield `${word} `;
    }
  }
  const source = { route: "/api/advice", model: "small" };
  const prompts = collector.trackCache("prompts", source);
  let last: readonly string[] = [];
  /** Counts the words of a question, and those that the question before began with, as a cache of prefixes has them. */
  const lookUp = (search: string): void => {
    const words = `${INSTRUCTIONS} ${search}`.split(" ");
    const end = words.findIndex((word, index) => word !== last[index]);
    prompts.lookup({ tokens: words.length, reused: end === -1 ? words.length : end });
    last = words;
  };
  return (c) => {
    const search = c.req.query("search") ?? "";
    lookUp(search);
    const [product] = findProducts(search);
    const text = product ? `How about ${product.title}?` : "I know nothing like that.";
    const words = collector.trackStream("advice", write(text), source);
    return streamText(c, async (answer) => {
      for await (const word of words) await answer.write(word);
    });
  };
}
