import type { LiveAlertState } from "@rumkit/protocol";
import { useState } from "react";
import type { AlertApi, AlertsAnswer } from "../stream/alertApi.ts";
import { usePolled } from "../stream/usePolled.ts";

/** Milliseconds between two polls while alerts are shown, and while there is nothing to show: a frame announces changes. */
const EVERY_MS = 5_000;
const QUIET_MS = 60_000;

/** The alerts as the page knows them. */
export interface KnownAlerts {
  /** Undefined until it has arrived. */
  readonly answer: AlertsAnswer | undefined;
  /** Asks anew, after the page has changed something. */
  readonly refresh: () => void;
}

/**
 * Asks for the alerts: at once when a frame says that they changed, else every few seconds while they are shown. A collector
 * that evaluates none is only asked by their view.
 */
export function useAlerts(api: AlertApi, state: LiveAlertState | undefined, isShown: boolean): KnownAlerts {
  const [writes, setWrites] = useState(0);
  const isBusy = isShown || (state?.firing ?? 0) > 0;
  const key = state !== undefined || isShown ? "alerts" : undefined;
  const answer = usePolled(api.read, isBusy ? EVERY_MS : QUIET_MS, key, {
    revision: JSON.stringify([state, writes]),
  });
  return { answer, refresh: () => setWrites((known) => known + 1) };
}
