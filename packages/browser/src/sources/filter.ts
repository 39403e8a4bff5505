import type { PageEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";

/**
 * Lets a function see each event before it is queued: it may change the event, or leave it out by returning
 * false. What is left out, and what the function throws for, is counted as dropped.
 */
export const filter = (keep: (event: PageEvent) => boolean | void): Source => {
  return (page) => {
    // Where it throws, the event alone is lost, and not the one that was recorded for.
    const decide = page.guard((event: PageEvent) => keep(event) !== false);
    page.hooks.events.push((event) => {
      const kept = decide(event);
      if (kept === false) page.drop("filtered", event.count);
      return !!kept;
    });
  };
};
