import { type Browser, chromium, type LaunchOptions } from "playwright-core";

/** Without a window, and without requests to the Internet. */
export const QUIET_CHROMIUM = {
  /** Read late: scripts look for the program after their imports. */
  get executablePath() {
    return process.env["CHROMIUM_PATH"] ?? "chromium";
  },
  headless: true,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
} as const satisfies LaunchOptions;

/** A real Chromium with an empty profile. */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...options,
    ...QUIET_CHROMIUM,
    args: [...QUIET_CHROMIUM.args, ...(options.args ?? [])],
  });
}
