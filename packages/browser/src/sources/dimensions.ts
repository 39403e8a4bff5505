import type { BrowserFamily, ConnectionClass, Device, SessionStartEvent } from "@rumkit/protocol";
import type { Source } from "../source.ts";

interface Hints {
  readonly connection?: { readonly effectiveType: ConnectionClass };
}

/** Every family also says that it is those below it. */
const BROWSERS: readonly [RegExp, BrowserFamily][] = [
  [/SamsungBrowser/, "samsung"],
  [/Edg/, "edge"],
  [/Firefox|FxiOS/, "firefox"],
  [/Chrom|CriOS/, "chrome"],
  [/Safari/, "safari"],
];

/** Tells with the start of a session on what device, browser and connection it runs, in words of closed sets. */
export function dimensions(): Source {
  return (page) => {
    page.hooks.events.push((event) => {
      if (event.type === "session_start") Object.assign(event, describe(navigator));
    });
  };
}

function describe({ userAgent, maxTouchPoints, connection }: Navigator & Hints): Partial<SessionStartEvent> {
  return {
    device: deviceOf(userAgent, maxTouchPoints),
    browser: BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other",
    ...(connection && { connection: connection.effectiveType }),
  };
}

function deviceOf(userAgent: string, maxTouchPoints: number): Device {
  // An iPad says that it is a Macintosh, which has no touch screen; an Android tablet leaves out "Mobile".
  if (
    /iPad|Tablet|Android(?!.*Mobile)/.test(userAgent) ||
    (/Macintosh/.test(userAgent) && maxTouchPoints > 1)
  )
    return "tablet";
  return /Mobi/.test(userAgent) ? "mobile" : "desktop";
}
