import { expect, test } from "vitest";
import { BLOCK_TOKENS, createPromptCache } from "./promptCache.ts";

const prompt = (letter: string, blocks: number): string[] =>
  Array.from({ length: blocks * BLOCK_TOKENS }, (_, place) => `${letter}${place}`);

test("finds blocks only after the same beginning", () => {
  const cache = createPromptCache();
  expect(cache.read("m", [...prompt("a", 2), ...prompt("b", 1)])).toBe(0);
  expect(cache.read("m", [...prompt("a", 2), ...prompt("c", 1)])).toBe(2 * BLOCK_TOKENS);
  expect(cache.read("m", [...prompt("c", 1), ...prompt("b", 1)])).toBe(0);
  expect(cache.read("m", prompt("a", 1).slice(1))).toBe(0);
});

test("forgets the blocks that were not used for longest", () => {
  const cache = createPromptCache(3);
  cache.read("m", prompt("a", 1));
  cache.read("m", prompt("b", 1));
  cache.read("m", prompt("a", 1));
  cache.read("m", prompt("c", 2));
  expect(cache.size).toBe(3);
  expect(cache.read("m", prompt("a", 1))).toBe(BLOCK_TOKENS);
  expect(cache.read("m", prompt("b", 1))).toBe(0);
});
