import { randomBytes } from "node:crypto";
import type { Batch, PageEvent } from "@rumkit/protocol";
import type { Release } from "../release.ts";
import type { Ask } from "./licenseClient.ts";

/** A license server as pages see it. */
export interface Site {
  readonly ask: Ask;
  /** Its origin, which a browser sends along: `http://127.0.0.1:4000`. */
  readonly origin: string;
}

/** The error of page.js in 2.1.0, as Chromium reports it. */
const MESSAGE = "Cannot read properties of undefined (reading '0')";

/**
 * One visitor opens the page, who reports like a browser. In a release with the forecast, the page asks for it, and
 * fails at the answer.
 */
export async function openPage({ ask, origin }: Site, { name, hasForecast }: Release): Promise<void> {
  const events: PageEvent[] = [
    { type: "session_start", route: "/", device: "desktop", browser: "chrome", connection: "4g" },
    { type: "page_view", route: "/", navigation: "hard" },
  ];
  if (hasForecast) {
    const start = performance.now();
    const { status } = await ask("/licenses/forecast");
    const value = (performance.now() - start) / 1_000;
    events.push({ type: "api_call", route: "/", name: "/licenses/forecast", method: "GET", status, value });
    const stack = `TypeError: ${MESSAGE}\n    at showForecast (/page.js:118:43)`;
    events.push({
      type: "error",
      route: "/",
      source: "rejection",
      name: "TypeError",
      message: MESSAGE,
      stack,
    });
  }
  const batch: Batch = {
    v: 1,
    id: randomId(),
    seq: 0,
    app: "licenses",
    release: name,
    session: randomId(),
    sentAt: Date.now(),
    events,
  };
  const response = await ask("/collect", {
    method: "POST",
    headers: { origin, "content-type": "text/plain" },
    body: JSON.stringify(batch),
  });
  if (!response.ok) throw new Error(`/collect answered ${response.status}: ${await response.text()}`);
  await response.text();
}

/** 32 hexadecimal digits. */
function randomId(): string {
  return randomBytes(16).toString("hex");
}
