import { MAX_DETAILS, MAX_DETAILS_UNITS, MAX_NAME, type WireDetails } from "@rumkit/protocol";
import type { Source } from "../source.ts";

/**
 * Cuts what is longer than the collector takes, and says so once on the console: names, and the keys and values of
 * details and of the context. Without it the collector cuts, and a context that no request can carry is never sent.
 */
export function limits(): Source {
  let isTold = false;
  const tell = (what: string): void => {
    // oxlint-disable-next-line no-console -- The team has to know, and once is enough.
    if (!isTold) console.warn(`[rumkit] Too long, cut: ${what}`);
    isTold = true;
  };

  function cut(text: string, most: number): string {
    if (text.length <= most) return text;
    tell(text.slice(0, MAX_NAME));
    return text.slice(0, most);
  }

  function cutDetails(details: WireDetails): WireDetails {
    const keys = Object.keys(details);
    if (keys.length > MAX_DETAILS) tell(keys.pop()!);
    return Object.fromEntries(
      keys.map((key) => {
        const value = details[key]!;
        return [
          cut(key, MAX_NAME),
          typeof value === "string" ? cut(value, MAX_DETAILS_UNITS / keys.length) : value,
        ];
      }),
    );
  }

  return ({ hooks, envelope }) => {
    hooks.events.push((event) => {
      const described = event as { name?: unknown; details?: WireDetails };
      if (typeof described.name === "string") described.name = cut(described.name, MAX_NAME);
      if (described.details) described.details = cutDetails(described.details);
    });
    hooks.flushes.push(() => {
      if (envelope.context) envelope.context = cutDetails(envelope.context);
    });
  };
}
