import { z } from "zod";

/** How much a sender left out itself. More than `most` is taken for so much: it is no reason to refuse the rest. */
export function droppedUpTo(most: number) {
  return z
    .number()
    .int()
    .min(0)
    .overwrite((value) => Math.min(value, most))
    .exactOptional();
}
