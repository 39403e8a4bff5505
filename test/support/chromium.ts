import { type Browser, chromium, type LaunchOptions } from "playwright-core";

/** Drivers give up after 30 seconds by default, which a busy machine may take; a test ends earlier than this. */
export const DRIVER_TIMEOUT_MS = 200_000;

/**
 * The features of Chromium that are off. Of two such lists the last counts, so Playwright's, which is the first part, comes
 * again; then each window's two pages of suggestions and the process that waits for the next site. Without these a page
 * costs 0.35 s of CPU instead of 0.65.
 */
const FEATURES_OFF = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxFullPopup",
  "SpareRendererForSitePerProcess",
].join();

/** Without a window, and without requests to the Internet. */
export const QUIET_CHROMIUM = {
  /** Read late: scripts look for the program after their imports. */
  get executablePath() {
    return process.env["CHROMIUM_PATH"] ?? "chromium";
  },
  headless: true,
  timeout: DRIVER_TIMEOUT_MS,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    `--disable-features=${FEATURES_OFF}`,
  ],
} as const satisfies LaunchOptions;

/** A real Chromium with an empty profile. What its pages are asked for may take as long as a busy machine needs. */
export function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return launch({ ...options, executablePath: QUIET_CHROMIUM.executablePath });
}

/**
 * The same engine without a browser's windows and profiles: a page costs 0.15 s of CPU instead of 0.5. For tests that ask
 * nothing of what a browser does around a page, as when a tab is closed. The whole browser stands in where it is missing.
 */
export function launchShell(options: LaunchOptions = {}): Promise<Browser> {
  return launch({
    ...options,
    executablePath: process.env["CHROMIUM_SHELL_PATH"] ?? QUIET_CHROMIUM.executablePath,
  });
}

async function launch(options: LaunchOptions): Promise<Browser> {
  const browser = await chromium.launch({
    ...QUIET_CHROMIUM,
    ...options,
    args: [...QUIET_CHROMIUM.args, ...(options.args ?? [])],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (contextOptions) => {
    const context = await newContext(contextOptions);
    context.setDefaultTimeout(DRIVER_TIMEOUT_MS);
    return context;
  };
  return browser;
}
