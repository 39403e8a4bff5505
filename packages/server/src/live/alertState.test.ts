import { defineCatalog, type LiveAlertState } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { describeMetrics } from "../collector/parts.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

beforeEach(() => useFakeClock());
afterEach(() => vi.useRealTimers());

/** The alerts in each frame that a viewer gets, second by second. */
function watch(states: readonly (LiveAlertState | undefined)[]): unknown[] {
  let state = states[0];
  const now = Date.now;
  const recorder = createRecorder(describeMetrics(catalog), now);
  const calendar = createCalendar("UTC");
  const history = createHistory({ wallNow: now, steadyNow: now, calendar });
  const scrub = createScrubber();
  const { feed } = createLive({ catalog, recorder, scrub, history, calendar, now, alerts: () => state });
  const frames: string[] = [];
  const viewer = {
    isReady: () => true,
    onFrame: (bytes: Uint8Array) => void frames.push(new TextDecoder().decode(bytes)),
    onSkip: () => {},
    onClose: () => {},
  };
  const { first } = feed.subscribe(viewer, {}, undefined)!;
  const texts = [first.map((bytes) => new TextDecoder().decode(bytes)).join("")];
  for (const next of states.slice(1)) {
    state = next;
    vi.advanceTimersByTime(1_000);
    feed.tick();
    texts.push(frames.splice(0).join(""));
  }
  feed.close();
  return texts.map((text) => {
    const { board = {} } = JSON.parse(text.split("data: ")[1]!) as { board?: object };
    return "alerts" in board ? board.alerts : "none";
  });
}

const quiet: LiveAlertState = { firing: 0, pending: 1, worst: null, version: 7 };
const loud: LiveAlertState = { firing: 2, pending: 0, worst: "critical", version: 8 };

test("a frame has the alerts at the start and when they change, so that an idle frame stays small", () => {
  // The first delta has the whole board: the snapshot may be of another viewer.
  expect(watch([quiet, quiet, quiet, loud, loud, quiet])).toEqual([
    quiet,
    quiet,
    "none",
    loud,
    "none",
    quiet,
  ]);
});

test("without alerts no frame has them", () => {
  expect(watch([undefined, undefined, undefined])).toEqual(["none", "none", "none"]);
});
