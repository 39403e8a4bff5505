import { MAX_ADDED, MAX_COUNT, type PageEvent } from "@rumkit/protocol";
import { storeSession } from "../base/session.ts";
import type { Source, SourceContext } from "../contract/source.ts";

/** Whether the session reports, by its id. Before it began every session does, and where there is no rate. */
export const isSampled = ({ envelope: { rate }, session }: SourceContext): boolean =>
  !(Number.parseInt(session().id, 16) >= rate! * 2 ** 128);

/**
 * Lets only a share of sessions report, above 0 and at most 1. The collector scales what it counts by it.
 *
 * By the session's id, so that every page and tab of a session decides alike.
 */
export const sampling =
  (rate: number): Source =>
  (page) => {
    page.envelope.rate = rate;
    // Before consent there is no session; its events are looked at when they are to be sent.
    const isChosen = (): boolean => isSampled(page);
    // The collector refuses an event that stands for too much, by its count or by its value, once it is scaled.
    // Equal events merge, so what waits leaves before it can come to that.
    let weight = 0;
    page.hooks.events.push((event: PageEvent & { value?: number }) => {
      const own = 1 + ((event.value! * MAX_COUNT) / MAX_ADDED || 0);
      weight += own;
      if (weight > MAX_COUNT * rate) {
        page.flush();
        weight = own;
      }
      return isChosen();
    });
    page.hooks.flushes.push(isChosen);
    // A session that is left out sends nothing, and nothing else would store that it goes on.
    page.on(window, "pagehide", () => {
      if (!isChosen()) storeSession(page.options.url, page.session());
    });
  };
