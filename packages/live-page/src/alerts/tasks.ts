import type { LiveAction, LiveAlert, LiveAlertViewer, LiveSilence } from "@rumkit/protocol";
import { createContext } from "react";
import type { AlertApi } from "../stream/alertApi.ts";

/** A change that a viewer is about to make: a dialog asks for the reason. */
export type Task =
  | { readonly kind: "acknowledge"; readonly alert: LiveAlert }
  | { readonly kind: "silence"; readonly matchers: readonly string[] }
  | { readonly kind: "end"; readonly silence: LiveSilence }
  | { readonly kind: "approve" | "reject"; readonly action: LiveAction };

interface AlertControls {
  readonly viewer: LiveAlertViewer;
  /** Opens the dialog of a task. */
  readonly start: (task: Task) => void;
  readonly audit: AlertApi["audit"];
  readonly values: AlertApi["values"];
  /** The episodes whose details the viewer has opened: they stay open in another list, where an alert fires or ends. */
  readonly openEpisodes: Set<string>;
}

/** The controls of the view. By default a viewer only reads. */
export const ControlsContext = createContext<AlertControls>({
  viewer: { name: null, mayAct: false },
  start: () => {},
  audit: async () => undefined,
  values: async () => undefined,
  openEpisodes: new Set(),
});

/** Returns the matchers that select one alert: its name and all of its labels. */
export function matchersOf({ name, labels }: LiveAlert): readonly string[] {
  return Object.entries({ alertname: name, ...labels }).map(([label, value]) => `${label}=${quoted(value)}`);
}

/** A value with other characters than those of words is quoted, as Alertmanager reads it. */
function quoted(value: string): string {
  return /^[\w.-]+$/.test(value) ? value : JSON.stringify(value);
}
