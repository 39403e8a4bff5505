import { CollectError } from "./collectError.ts";

/** The error of a body of more than `most` bytes. */
export function tooLarge(most: number): CollectError {
  return new CollectError("too_large", `A body has at most ${most} bytes. Send less at once.`);
}
