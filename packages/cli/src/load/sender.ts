import type { BrowserFamily, Device } from "@rumkit/protocol";
import type { Random } from "./random.ts";

/** The browser of a visitor. */
export interface Sender {
  readonly device: Device;
  readonly browser: BrowserFamily;
  /** A collector counts senders without a browser's `User-Agent` as crawlers. */
  readonly userAgent: string;
}

const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

/** By how common they are. */
const SENDERS: readonly Sender[] = [
  {
    device: "desktop",
    browser: "chrome",
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36`,
  },
  {
    device: "mobile",
    browser: "chrome",
    userAgent: `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36`,
  },
  {
    device: "mobile",
    browser: "safari",
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
  },
  {
    device: "desktop",
    browser: "edge",
    userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0`,
  },
  {
    device: "desktop",
    browser: "firefox",
    userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
  },
];

export function chooseSender(random: Random): Sender {
  return random.pick(SENDERS)!;
}
