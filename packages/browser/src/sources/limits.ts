import { MAX_DETAILS, MAX_DETAILS_UNITS, type WireDetails } from "@rumkit/protocol";
import type { Source } from "../source.ts";

/**
 * Cuts the attributes of events and of the context to what the collector takes, and says so once on the console.
 * Without it the collector cuts, and a context that no request can carry is never sent.
 */
export function limits(): Source {
  let isTold: unknown;

  function cut(details: WireDetails = {}): void {
    const keys = Object.keys(details);
    const most = MAX_DETAILS_UNITS / keys.length;
    for (const key of keys) {
      const value = details[key] as string;
      if (keys.indexOf(key) >= MAX_DETAILS) delete details[key];
      else if (value.length > most) details[key] = value.slice(0, most);
      else continue;
      // oxlint-disable-next-line no-console -- The team has to know, and once is enough.
      isTold ??= console.warn("[rumkit] Refused:", key) ?? 1;
    }
  }

  return ({ hooks, envelope }) => {
    hooks.events.push((event) => cut((event as { details?: WireDetails }).details));
    hooks.flushes.push(() => cut(envelope.context));
  };
}
