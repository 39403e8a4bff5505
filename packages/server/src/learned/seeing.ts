import { isRejection } from "../base/rejection.ts";
import type { PageVocabulary } from "../pages/pageEvents.ts";
import type { SeenCalls } from "./seenCalls.ts";

/** Wraps a vocabulary, so that each counted call is remembered by its name. */
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
