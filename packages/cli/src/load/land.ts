import { BROWSERS, type PageEvent, type VitalEvent, type WebVitalName } from "@rumkit/protocol";
import { type Diary, round } from "./diary.ts";
import type { Sender } from "./sender.ts";

/** One visit in seven is slow, as on a healthy site. */
const SLOW = 0.14;

/** Loads the first document: the session, the view, the phases of the load and its vitals. Returns true if it was slow. */
export function land(
  { random, note, open, think }: Diary,
  { device, browser }: Sender,
  path: string,
): boolean {
  const isSlow = random.chance(SLOW);
  const firstByte = isSlow ? random.between(0.9, 2) : random.between(0.05, 0.6);
  const firstPaint = firstByte + (isSlow ? random.between(1, 2.5) : random.between(0.1, 0.7));
  const largest = firstPaint + (isSlow ? random.between(0.8, 3) : random.between(0, 0.8));
  open(path);
  note(
    {
      type: "session_start",
      route: path,
      device,
      browser: BROWSERS.find((name) => name === browser)!,
      connection: isSlow ? "3g" : "4g",
    },
    { type: "page_view", route: path, navigation: "hard" },
    vital("TTFB", firstByte, path),
    vital("FCP", firstPaint, path),
    loadOf(path, firstByte, firstPaint, random.between(0.1, 0.8)),
  );
  think();
  // Final at the first click, as in a browser.
  note({ ...vital("LCP", largest, path), part: random.pick(["image", "text"] as const)! });
  return isSlow;
}

function loadOf(route: string, firstByte: number, firstPaint: number, rest: number): PageEvent {
  const complete = firstPaint + rest;
  return {
    type: "page_load",
    route,
    connect: round(firstByte / 4),
    download: round(rest / 10),
    interactive: round(firstPaint),
    complete: round(complete),
    load: round(complete + 0.004),
    bytes: Math.round(2_000 + rest * 20_000),
  };
}

/** Leaves the last page: INP and CLS are final then. They belong to the document that was loaded. */
export function leave({ random, note, think, close, path }: Diary, isSlow: boolean, landing: string): void {
  think();
  const inp = isSlow ? random.between(0.15, 0.7) : random.between(0.02, 0.18);
  const cls = random.chance(0.1) ? random.between(0.1, 0.4) : random.between(0, 0.08);
  if (random.chance(0.04))
    note({
      type: "error",
      route: path(),
      source: "uncaught",
      name: "TypeError",
      message: "Cannot read properties of undefined (reading 'load')",
    });
  note(
    {
      ...vital("INP", inp, landing),
      part: random.pick(["processing", "input_delay", "presentation"] as const)!,
    },
    vital("CLS", cls, landing),
  );
  close();
}

function vital(type: WebVitalName, value: number, route: string): VitalEvent {
  return { type, route, navigation: "hard", value: round(value) };
}
