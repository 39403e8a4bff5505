import type { BrowserFamily, ConnectionClass, SessionStartEvent } from "@rumkit/protocol";
import type { Source } from "../contract/source.ts";

/** JSON omits undefined values. */
type Described = { [Field in keyof SessionStartEvent]?: SessionStartEvent[Field] | undefined };

interface Hints {
  readonly connection?: { readonly effectiveType: ConnectionClass };
}

/** Ordered, because each browser's user agent also names browsers that follow. */
const BROWSERS: readonly [RegExp, BrowserFamily][] = [
  [/SamsungBr/, "samsung"],
  [/Edg/, "edge"],
  [/Firefox|FxiOS/, "firefox"],
  [/Chr|CriOS/, "chrome"],
  [/Safari/, "safari"],
  [/^/, "other"],
];

/** Adds the kinds of device, browser and connection to each session start, as enums. */
export const dimensions = (): Source => (page) => {
  page.hooks.events.push((event) => {
    if (event.type !== "session_start") return;
    const { userAgent, maxTouchPoints, connection } = navigator as Navigator & Hints;
    Object.assign(event, {
      // An iPad claims to be a Macintosh, which has no touch screen. An Android tablet omits "Mobile".
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
