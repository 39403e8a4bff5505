import { type Browser, launch, type LaunchOptions, type Page } from "puppeteer-core";
import { DRIVER_TIMEOUT_MS } from "../chromium.ts";
import { type Engine, type EnginePage, expressionOf } from "./engine.ts";
import { untilElsewhere } from "./untilElsewhere.ts";

/** A real Firefox with an empty profile, and without the extensions that the system has: it starts in 4.1 s of CPU, not 4.8. */
export function launchFirefox(options: LaunchOptions = {}): Promise<Browser> {
  return launch({
    ...options,
    browser: "firefox",
    executablePath: process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr",
    headless: true,
    timeout: DRIVER_TIMEOUT_MS,
    protocolTimeout: DRIVER_TIMEOUT_MS,
    extraPrefsFirefox: { "extensions.enabledScopes": 0, ...options.extraPrefsFirefox },
  });
}

/** Firefox, by WebDriver BiDi. */
export async function startFirefox(options: LaunchOptions = {}): Promise<Engine> {
  const browser = await launchFirefox(options);
  return {
    open: async (url) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(DRIVER_TIMEOUT_MS);
      await page.goto(url);
      return drive(page);
    },
    quit: () => browser.close(),
  };
}

function drive(page: Page): EnginePage {
  const driven: EnginePage = {
    evaluate: (call) => page.evaluate(expressionOf(call)) as Promise<never>,
    goto: async (url) => void (await page.goto(url)),
    goBack: async () => {
      const href = page.url();
      // Puppeteer's own way waits for a load, which a page from the back-forward cache has not.
      await page.evaluate("history.back()");
      await untilElsewhere(driven, href);
    },
    click: (selector) => page.click(selector),
    closeTab: () => page.close(),
  };
  return driven;
}
