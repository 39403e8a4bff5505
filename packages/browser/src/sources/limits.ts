import { warnOnce } from "../base/warnOnce.ts";
import type { Source } from "../contract/source.ts";
import { MAX_DETAILS, MAX_DETAILS_UNITS, MAX_NAME, MAX_TEXT } from "@rumkit/protocol";

/**
 * Cuts the names and attributes of events, and the context, to the limits of the collector, and warns once on the
 * console. Without this source the collector cuts them, and a context too large for a request is never sent.
 */
export const limits = (): Source => {
  let hasWarned = false;

  /** Cuts the values of the keys, and sets keys that are too many or too long to undefined, which JSON omits. */
  const cut = (
    given: object = {},
    keys = Object.keys(given),
    most = MAX_DETAILS_UNITS / keys.length,
  ): void => {
    const object = given as Record<string, string | undefined>;
    for (const key of keys) {
      const isLeftOut = keys.indexOf(key) >= MAX_DETAILS || key.length > MAX_NAME;
      if (!isLeftOut && !((object[key]?.length as number) > most)) continue;
      object[key] = isLeftOut ? undefined : object[key]!.slice(0, most);
      hasWarned ||= !warnOnce("Cut to fit: " + key);
    }
  };

  return ({ hooks, envelope }) => {
    hooks.events.push((event) => {
      cut((event as { details?: object }).details);
      // The name of an API call is a URL.
      cut(event, ["name", "element"], event.type === "api_call" ? MAX_TEXT : MAX_NAME);
    });
    hooks.flushes.push(() => cut(envelope.context));
  };
};
