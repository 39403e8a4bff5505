import { launch, type Page } from "puppeteer-core";
import { type Engine, type EnginePage, expressionOf } from "./engine.ts";
import { untilElsewhere } from "./untilElsewhere.ts";

/** Firefox, by WebDriver BiDi. */
export async function startFirefox(options: { acceptInsecureCerts?: boolean } = {}): Promise<Engine> {
  const browser = await launch({
    ...options,
    browser: "firefox",
    executablePath: process.env["FIREFOX_PATH"] ?? "/usr/bin/firefox-esr",
    headless: true,
  });
  return {
    open: async (url) => {
      const page = await browser.newPage();
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
