import type { PageEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";

/**
 * Calls a function with each event before it is queued. It may change the event, or discard it by returning false.
 * Discarded events, and events for which it throws, are counted as dropped.
 */
export const filter = (keep: (event: PageEvent) => boolean | void): Source => {
  return (page) => {
    // Guarded, so that an exception loses only this event, not the one for which a source recorded it.
    const decide = page.guard((event: PageEvent) => keep(event) !== false);
    page.hooks.events.push((event) => {
      const kept = decide(event);
      if (kept === false) page.drop("filtered", event.count);
      return !!kept;
    });
  };
};
