/** A retry that comes later than the deduplication window of a log: `npm run bench -- retry`. */
import { measureLaterRetry, renderLaterRetry } from "./faults/laterRetry.ts";

console.log(`\n${renderLaterRetry(await measureLaterRetry())}`);
