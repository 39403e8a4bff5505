import { afterEach, expect, test } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { dimensions } from "./dimensions.ts";

const page = recordSources();
afterEach(() => {
  for (const name of ["userAgent", "maxTouchPoints", "connection"]) Reflect.deleteProperty(navigator, name);
});

const APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)";
const CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0";
const AGENTS: [title: string, agent: string, touch: number, device: string, browser: string][] = [
  [
    "Chrome on Windows",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`,
    0,
    "desktop",
    "chrome",
  ],
  [
    "a laptop with a touch screen",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36`,
    10,
    "desktop",
    "chrome",
  ],
  [
    "Edge",
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Safari/537.36 Edg/156.0`,
    0,
    "desktop",
    "edge",
  ],
  [
    "Firefox on Linux",
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
    0,
    "desktop",
    "firefox",
  ],
  [
    "Safari on a Mac",
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/18.0 Safari/605.1.15`,
    0,
    "desktop",
    "safari",
  ],
  [
    "an iPad that claims to be a Mac",
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/18.0 Safari/605.1.15`,
    5,
    "tablet",
    "safari",
  ],
  [
    "an iPad of old",
    `Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) ${APPLE} Version/12.1 Mobile/15E148 Safari/604.1`,
    5,
    "tablet",
    "safari",
  ],
  [
    "an iPhone",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${APPLE} Version/18.0 Mobile/15E148 Safari/604.1`,
    5,
    "mobile",
    "safari",
  ],
  [
    "Chrome on an iPhone",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${APPLE} CriOS/156.0 Mobile/15E148 Safari/604.1`,
    5,
    "mobile",
    "chrome",
  ],
  [
    "Firefox on an iPhone",
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${APPLE} FxiOS/153.0 Mobile/15E148 Safari/604.1`,
    5,
    "mobile",
    "firefox",
  ],
  [
    "an Android phone",
    `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Mobile Safari/537.36`,
    5,
    "mobile",
    "chrome",
  ],
  ["an Android tablet", `Mozilla/5.0 (Linux; Android 10; K) ${CHROME} Safari/537.36`, 5, "tablet", "chrome"],
  [
    "Firefox on a tablet",
    "Mozilla/5.0 (Android 14; Tablet; rv:153.0) Gecko/153.0 Firefox/153.0",
    5,
    "tablet",
    "firefox",
  ],
  [
    "Samsung's browser",
    `Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    5,
    "mobile",
    "samsung",
  ],
  ["something else", "Lynx/2.9", 0, "desktop", "other"],
];

test.each(AGENTS)("%s", async (_title, userAgent, maxTouchPoints, device, browser) => {
  for (const [name, value] of Object.entries({
    userAgent,
    maxTouchPoints,
    connection: { effectiveType: "3g" },
  }))
    Object.defineProperty(navigator, name, { value, configurable: true });
  page.start([dimensions()]).metrics.trackAction("a");
  expect(await page.events("session_start")).toMatchObject([{ device, browser, connection: "3g" }]);
  expect(await page.events("action")).toEqual([{ type: "action", name: "a" }]);
});

test("a browser that does not tell its connection sends none", async () => {
  page.start([dimensions()]).metrics.trackAction("a");
  expect((await page.events("session_start"))[0]).not.toHaveProperty("connection");
});
