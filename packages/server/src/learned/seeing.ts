import { isRejection } from "../base/rejection.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";
import type { SeenCalls } from "./seenCalls.ts";

/** Wraps the vocabulary, and remembers each call by name that counts. */
export function seeing(translate: PageVocabulary, seen: SeenCalls): PageVocabulary {
  return (event, routeBefore) => {
    const counted = translate(event, routeBefore);
    if (isRejection(counted)) return counted;
    if (event.type === "action" || event.type === "conversion" || event.type === "measurement")
      seen.see(
        event.type,
        event.name,
        event.details ?? {},
        event.type === "measurement" ? event.value : undefined,
      );
    return counted;
  };
}
