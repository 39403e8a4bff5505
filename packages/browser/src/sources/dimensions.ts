import type { BrowserFamily, ConnectionClass, SessionStartEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";

/** JSON leaves out what is undefined. */
type Described = { [Field in keyof SessionStartEvent]?: SessionStartEvent[Field] | undefined };

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
  [/^/, "other"],
];

/** Tells with the start of a session on what device, browser and connection it runs, in words of closed sets. */
export const dimensions = (): Source => (page) => {
  page.hooks.events.push((event) => {
    if (event.type !== "session_start") return;
    const { userAgent, maxTouchPoints, connection } = navigator as Navigator & Hints;
    Object.assign(event, {
      // An iPad says that it is a Macintosh, which has no touch screen; an Android tablet leaves out "Mobile".
      device:
        /iPad|Tablet|Android(?!.*Mobile)/.test(userAgent) ||
        (/Macintosh/.test(userAgent) && maxTouchPoints > 1)
          ? "tablet"
          : /Mobi/.test(userAgent)
            ? "mobile"
            : "desktop",
      browser: BROWSERS.find(([pattern]) => pattern.test(userAgent))![1],
      connection: connection?.effectiveType,
    } satisfies Described);
  });
};
