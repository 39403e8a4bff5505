import { hash } from "node:crypto";

/** The beginnings of prompts that a model has read before. */
export interface PromptCache {
  /** Returns how many of the first tokens it has, and keeps the whole prompt. */
  read(model: string, tokens: readonly string[]): number;
  /** Kept blocks. */
  readonly size: number;
}

/** Tokens that are kept and found together, as in servers of real models: a shorter rest is read again. */
export const BLOCK_TOKENS = 16;

/**
 * Creates a cache of blocks. The key of a block is a hash of it and of all blocks before it, so a block is found only after
 * the same beginning. Beyond `maxBlocks`, the block that was not used for longest is forgotten.
 */
export function createPromptCache(maxBlocks = 20_000): PromptCache {
  // A Map keeps the order of insertion: the first key is the one that was not used for longest.
  const blocks = new Map<string, true>();
  return {
    get size() {
      return blocks.size;
    },
    read: (model, tokens) => {
      let key = model;
      let found = 0;
      for (let start = 0; start + BLOCK_TOKENS <= tokens.length; start += BLOCK_TOKENS) {
        key = hash("sha256", JSON.stringify([key, tokens.slice(start, start + BLOCK_TOKENS)]), "base64url");
        const isKnown = blocks.delete(key);
        blocks.set(key, true);
        if (isKnown && found === start) found += BLOCK_TOKENS;
      }
      for (const oldest of blocks.keys()) {
        if (blocks.size <= maxBlocks) break;
        blocks.delete(oldest);
      }
      return found;
    },
  };
}
