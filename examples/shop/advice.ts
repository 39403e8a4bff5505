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
  return (c) => {
    const [product] = findProducts(c.req.query("search") ?? "");
    const text = product ? `How about ${product.title}?` : "I know nothing like that.";
    const words = collector.trackStream("advice", write(text), { route: "/api/advice", model: "small" });
    return streamText(c, async (answer) => {
      for await (const word of words) await answer.write(word);
    });
  };
}
