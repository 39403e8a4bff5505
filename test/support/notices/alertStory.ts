import { createHash } from "node:crypto";
import type { Alert, AlertChange } from "@rumkit/server/internal/testing";

/** Alerts as an engine reports them: each change, and those that are current after it. */
export interface AlertStory {
  /** Returns the change, once per call; `current` has the alert from then on. */
  fire(at: number, name: string, labels?: Readonly<Record<string, string>>): AlertChange;
  resolve(at: number, name: string, labels?: Readonly<Record<string, string>>): AlertChange;
  current(): readonly Alert[];
}

/** @param firing Alerts that fire from the start. */
export function createAlertStory(firing: Iterable<Alert> = []): AlertStory {
  const current = new Map([...firing].map((alert) => [alert.fingerprint, alert]));
  return {
    fire: (at, name, labels = {}) => {
      const alert = createAlert(at, name, labels);
      current.set(alert.fingerprint, alert);
      return { kind: "firing", at, alert };
    },
    resolve: (at, name, labels = {}) => {
      const { fingerprint } = createAlert(at, name, labels);
      const alert = { ...current.get(fingerprint)!, state: "resolved" as const, endsAt: at };
      current.delete(fingerprint);
      return { kind: "resolved", at, alert };
    },
    current: () => [...current.values()],
  };
}

function createAlert(at: number, name: string, labels: Readonly<Record<string, string>>): Alert {
  const all = { app: "shop", severity: "warning", ...labels };
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([name, all]))
    .digest("hex")
    .slice(0, 16);
  return {
    fingerprint,
    episode: `${fingerprint}-${at}`,
    name,
    declaredAs: undefined,
    labels: all,
    summary: `${name} fires`,
    description: "It fires for a test.",
    state: "firing",
    cause: "value",
    startsAt: at,
    endsAt: undefined,
    value: 7,
    threshold: 5,
    side: "above",
    unit: "none",
    release: undefined,
    links: { live: undefined, board: undefined, runbook: undefined },
  };
}
