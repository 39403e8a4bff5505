import type { Moment } from "../alerts/alert.ts";
import { isDue } from "./queuedNotice.ts";
import type { SendOutcome } from "./receiver.ts";

/** Calls a watcher outside at regular times, which raises an alarm if the calls stop: it notices what this process cannot. */
export interface Heartbeat {
  readonly everyMs: number;
  /** Calls it once. Ends within its timeout. */
  readonly send: () => Promise<SendOutcome>;
}

/** Sends the heartbeat if it is due. Call it after each evaluation, so that no call says that all is well without one. */
export function createHeartbeat(heartbeat: Heartbeat | undefined): (now: Moment) => void {
  let last: { readonly retryAt: Moment; readonly retryMs: number } | undefined;
  let isSending = false;
  return (now) => {
    if (!heartbeat || isSending || (last && !isDue(last, now))) return;
    last = { retryAt: now + heartbeat.everyMs, retryMs: heartbeat.everyMs };
    isSending = true;
    const done = (): void => {
      isSending = false;
    };
    // A failed call is the watcher's alarm.
    heartbeat.send().then(done, done);
  };
}
