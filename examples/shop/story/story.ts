import type { LiveAction, LiveAlerts } from "@rumkit/protocol";
import { type Deployment, releases } from "../release.ts";

export interface StoryOptions {
  deployment: Deployment;
  /** Prints one line. */
  say: (line: string) => void;
  /** Resolves after so many milliseconds; a rejection ends the story. */
  pause: (milliseconds: number) => Promise<unknown>;
  /** Sends a request to the collector. */
  ask: (path: string, init?: RequestInit) => Promise<Response>;
}

/** The seconds after which people would roll back by hand: without an address of its server, nothing asks for it. */
const PATIENCE_SECONDS = 180;

/** The seconds from the rollback to the last line: the window of the objectives, and time for visits to end. */
const RECOVERY_SECONDS = 320;

/**
 * Plays the story once: a bad release, what it costs, the alert that asks for a rollback, and whether it helped. Changes
 * what simulated and real visitors get. Each line says what can be seen on the live page at that moment: a test watches a
 * collector through the story.
 */
export async function playStory({ deployment, say, pause, ask }: StoryOptions): Promise<void> {
  let now = 0;
  const until = async (seconds: number): Promise<void> => {
    const left = seconds - now;
    now = seconds;
    await pause(left * 1_000);
  };
  const tell = (line: string): void => say(`${renderClock(now)}  ${line}`);
  /** Looks for an action of the collector each `step` seconds, and returns it; undefined if none comes. */
  const waitFor = async (
    step: number,
    last: number,
    test: (action: LiveAction) => boolean,
  ): Promise<LiveAction | undefined> => {
    for (;;) {
      const found = (await readActions(ask)).find(test);
      if (found || now >= last) return found;
      await until(now + step);
    }
  };

  deployment.current = releases.faulty;
  tell("Release 1.5.0 goes out, with reviews on the product page. The chart marks it.");
  await until(20);
  tell("Product pages are slow, and some fail: a new error is first in the list of errors.");
  const asked = await waitFor(1, PATIENCE_SECONDS, ({ state }) => state === "awaiting_approval");
  if (asked)
    tell(
      "The alert ShopSlowPages fires, and asks to roll back. See the view Alerts. It waits for an approval.",
    );
  await until(now + 20);
  tell("Few visitors buy now. The banner names the missed objectives, and 1.5.0 before them.");
  await until(now + 20);
  if (asked) await approve(asked, ask);
  else deployment.current = releases.rollback;
  const rolledBackAt = now;
  tell(`${asked ? "The rollback is approved" : "Rollback"}: 1.5.1 goes out, which is 1.4.0 again.`);
  await until(rolledBackAt + 45);
  tell("Visitors buy again. The banner stays while the slow pages are in its window of 5 minutes.");
  const done =
    asked && (await waitFor(5, rolledBackAt + 200, ({ id, helped }) => id === asked.id && helped !== null));
  if (done?.helped) tell("The alert is resolved, and the view Alerts says that the rollback helped.");
  await until(rolledBackAt + RECOVERY_SECONDS);
  tell("All objectives are met again, and the banner is gone. End of the story.");
}

async function readActions(ask: StoryOptions["ask"]): Promise<readonly LiveAction[]> {
  return ((await (await ask("/api/rumkit/alerts")).json()) as LiveAlerts).actions;
}

/** Approves an action as a person does, or an agent. */
async function approve({ id }: LiveAction, ask: StoryOptions["ask"]): Promise<void> {
  await ask(`/api/rumkit/actions/${id}/approve`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ by: "story", why: "Pages are slow since 1.5.0." }),
  });
}

/** Minutes and seconds since the story began: `1:30`. */
function renderClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
