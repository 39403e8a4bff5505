/** Browsers that block as those of many users do, with every host of `.example` on this machine. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { DRIVER_TIMEOUT_MS, QUIET_CHROMIUM } from "../chromium.ts";
import { launchFirefox } from "../engines/firefox.ts";
import { readBlockRules } from "./declarativeRules.ts";
import { firefoxExtension, readEasyPrivacy } from "./lists.ts";

/** One tab of it. */
export interface BlockedPage {
  goto(url: string): Promise<unknown>;
  /** Runs an expression in the page; its promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
  quit(): Promise<void>;
}

/** The sites of the tests. */
export const SITES = ["shop.example", "rum.shop.example", "other.example"] as const;

/**
 * Chromium with EasyPrivacy as an extension of Manifest V3. It refuses uBlock Origin itself, which is of
 * Manifest V2 ("Cannot install extension because it uses an unsupported manifest version", Chromium 156).
 */
export async function startBlockingChromium(): Promise<BlockedPage> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-blocker-"));
  const rules = { id: "easyprivacy", enabled: true, path: "rules.json" };
  writeFileSync(join(folder, "rules.json"), JSON.stringify(readBlockRules(readEasyPrivacy())));
  writeFileSync(
    join(folder, "manifest.json"),
    JSON.stringify({
      manifest_version: 3,
      name: "EasyPrivacy",
      version: "1",
      permissions: ["declarativeNetRequest"],
      declarative_net_request: { rule_resources: [rules] },
    }),
  );
  const context = await chromium.launchPersistentContext("", {
    ...QUIET_CHROMIUM,
    ignoreDefaultArgs: ["--disable-extensions", "--disable-back-forward-cache"],
    args: [
      ...QUIET_CHROMIUM.args,
      "--enable-unsafe-extension-debugging",
      "--host-resolver-rules=MAP *.example 127.0.0.1",
    ],
  });
  const session = await context.browser()!.newBrowserCDPSession();
  await session.send("Extensions.loadUnpacked" as never, { path: folder } as never);
  context.setDefaultTimeout(DRIVER_TIMEOUT_MS);
  const page = await context.newPage();
  return {
    goto: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    quit: async () => {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Firefox with uBlock Origin and the lists that come with it. */
export async function startBlockingFirefox(): Promise<BlockedPage> {
  const browser = await launchFirefox({
    extraPrefsFirefox: {
      // Only the one that is installed below, not all that the system has.
      "extensions.enabledScopes": 5,
      "network.dns.localDomains": SITES.join(),
    },
  });
  await browser.installExtension(firefoxExtension());
  const page = await browser.newPage();
  page.setDefaultTimeout(DRIVER_TIMEOUT_MS);
  return {
    goto: (url) => page.goto(url),
    evaluate: (expression) => page.evaluate(expression),
    quit: () => browser.close(),
  };
}
