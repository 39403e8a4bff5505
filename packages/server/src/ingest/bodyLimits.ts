import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { CollectError } from "./collectError.ts";

/** The error of a body that is larger than a batch may be. */
export function tooLarge(): CollectError {
  return new CollectError("too_large", `A body has at most ${MAX_BATCH_BYTES} bytes. Send smaller batches.`);
}
