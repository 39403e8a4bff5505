import type { Browser, LaunchOptions } from "playwright-core";
import { launchChromium, launchShell } from "../test/support/chromium.ts";
import { isShort } from "./rounds.ts";

/** The whole Chromium that people have. With `--short`, which measures nothing, the headless shell for less CPU time. */
export function openBrowser(options?: LaunchOptions): Promise<Browser> {
  return isShort ? launchShell(options) : launchChromium(options);
}
