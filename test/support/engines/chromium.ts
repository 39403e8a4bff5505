import type { LaunchOptions, Page } from "playwright-core";
import { launchChromium } from "../chromium.ts";
import { type Engine, type EnginePage, expressionOf } from "./engine.ts";
import { untilElsewhere } from "./untilElsewhere.ts";

export async function startChromium(options: Pick<LaunchOptions, "args"> = {}): Promise<Engine> {
  const browser = await launchChromium({
    ...options,
    // Users have the cache; Playwright leaves it out.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return {
    open: async (url) => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(url);
      return drive(page);
    },
    quit: () => browser.close(),
  };
}

function drive(page: Page): EnginePage {
  const driven: EnginePage = {
    evaluate: (call) => page.evaluate(expressionOf(call)),
    goto: async (url) => void (await page.goto(url)),
    goBack: async () => {
      const href = page.url();
      await page.goBack({ waitUntil: "commit" });
      await untilElsewhere(driven, href);
    },
    click: (selector) => page.click(selector),
    closeTab: () => page.close(),
  };
  return driven;
}
