import { errorText } from "../base/looseValue.ts";
import type { AlertChange } from "../alerts/alert.ts";

/** Maximum calls that have not ended. Further changes are left out, so that a listener that hangs cannot fill the memory. */
const MAX_OPEN = 100;

/** Warns of a listener that failed, in one sentence. */
type Warn = (sentence: string) => void;

/** The option `onAlert`. */
export type OnAlert = (change: AlertChange) => void | Promise<void>;

/** Returns what calls `onAlert` with changes. Never throws, and waits for nothing. */
export function createAlertListener(onAlert: OnAlert, warn: Warn): (changes: readonly AlertChange[]) => void {
  let open = 0;
  const call = async (change: AlertChange): Promise<void> => {
    open += 1;
    try {
      await onAlert(change);
    } catch (error) {
      warn(`onAlert failed for ${change.alert.name} (${change.kind}): ${errorText(error)}`);
    } finally {
      open -= 1;
    }
  };
  return (changes) => {
    for (const change of changes) {
      if (open < MAX_OPEN) void call(change);
      else
        warn(
          `onAlert was not called for ${change.alert.name} (${change.kind}): ${MAX_OPEN} calls have not ended.`,
        );
    }
  };
}
