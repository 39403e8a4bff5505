import { MAX_ADDED, MAX_COUNT, type PageEvent } from "@rumkit/protocol";
import { storeSession } from "../base/session.ts";
import type { Source, SourceContext } from "../contract/source.ts";

/** Returns true if the session's id is within the rate. Also true before the session starts, and without a rate. */
export const isSampled = ({ envelope: { rate }, session }: SourceContext): boolean =>
  // oxlint-disable-next-line unicorn/prefer-number-properties -- Shorter.
  !(parseInt(session().id, 16) >= rate! * 2 ** 128);

/**
 * Lets only a fraction of sessions report, above 0 and at most 1. The collector scales its counts by it.
 *
 * Decides by the session's id, so that all pages and tabs of a session agree.
 */
export const sampling =
  (rate: number): Source =>
  (page) => {
    page.envelope.rate = rate;
    // Before consent there is no session. Events gathered then are checked before they are sent.
    const isChosen = (): boolean => isSampled(page);
    // The collector rejects an event whose scaled count or value is too large. Equal events merge, so pending events are
    // sent before that can happen.
    let weight = 0;
    page.hooks.events.push((event: PageEvent & { value?: number }) => {
      const own = 1 + (event.value! / (MAX_ADDED / MAX_COUNT) || 0);
      weight += own;
      if (weight > MAX_COUNT * rate) {
        page.flush();
        weight = own;
      }
      return isChosen();
    });
    page.hooks.flushes.push(isChosen);
    // A session that does not report sends no batch, so nothing else would store its last activity.
    page.on(window, "pagehide", () => {
      if (!isChosen()) storeSession(page.options.url, page.session());
    });
  };
