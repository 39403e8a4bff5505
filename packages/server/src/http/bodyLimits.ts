import { CollectError } from "./collectError.ts";

/** Returns the error for a body of more than `most` bytes. */
export function tooLarge(most: number): CollectError {
  return new CollectError("too_large", `A body has at most ${most} bytes. Send less at once.`);
}
