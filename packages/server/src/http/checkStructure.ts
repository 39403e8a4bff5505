import { MAX_DEPTH, MAX_KEYS } from "@rumkit/protocol";
import { CollectError } from "./collectError.ts";

/**
 * Throws for JSON that is nested too deeply, or has an object of too many keys, wherever it is: before
 * anything recursive sees it. Its own recursion ends with the levels that are allowed.
 *
 * Called after the parser, which is not recursive and takes 64 KB of any shape in a few milliseconds.
 */
export function checkStructure(value: unknown): void {
  if (typeof value === "object" && value !== null) checkLevel(value, 1);
}

/** The error of JSON that is nested too deeply. */
export function tooDeep(): CollectError {
  return new CollectError("too_deep", `JSON is nested at most ${MAX_DEPTH} levels deep.`);
}

function checkLevel(value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      if (typeof item === "object" && item !== null) checkLevel(item, depth + 1);
    }
    return;
  }
  let keys = 0;
  for (const key in value) {
    keys += 1;
    if (keys > MAX_KEYS) throw new CollectError("too_many_keys", `An object has at most ${MAX_KEYS} keys.`);
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof field === "object" && field !== null) checkLevel(field, depth + 1);
  }
}
