import type { Source } from "../contract/source.ts";
import { endpointOf } from "./endpoint.ts";
import { entrySource } from "./observeEntries.ts";

/**
 * Times the page's requests by `fetch` and XMLHttpRequest with the browser's Resource Timing, without a patch. That has
 * neither methods nor failures. `apiCalls` has both; if it is used, this source records nothing.
 */
export const apiTimings = (): Source =>
  entrySource(
    () => "resource",
    (page, { name: address, initiatorType, duration, responseStatus }: PerformanceResourceTiming) => {
      if (page.hooks.seesCalls || !/^(fetch|xml)/.test(initiatorType)) return;
      const name = endpointOf(page, address);
      const value = Math.round(duration) / 1000;
      if (name) page.record({ type: "api_call", name, value, status: (responseStatus || undefined)! });
    },
  );
