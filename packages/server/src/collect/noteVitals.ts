import { type Device, DEVICES, webVitals } from "@rumkit/protocol";
import type { ActiveSessions } from "./activeSessions.ts";
import type { ReadEvents } from "./readEvents.ts";
import { deviceKind } from "./userAgent.ts";

/** Receives a vital of a counted batch, with the device of its session. */
export type OnVital = (device: Device, metric: string, value: number, times: number) => void;

const METRICS: ReadonlySet<string> = new Set(Object.values(webVitals).map(({ metric }) => metric));

/**
 * Passes on the vitals of a counted batch with their device. Only the start of a session names it, so it is remembered
 * while the session is active. For a session whose start was not seen, the `User-Agent` of the batch decides.
 */
export function noteVitals(
  { batch, verdict }: Pick<ReadEvents, "batch" | "verdict">,
  userAgent: string | undefined,
  sessions: Pick<ActiveSessions, "deviceOf">,
  onVital: OnVital,
): void {
  const said = verdict.samples.find(({ metric }) => metric === "rum_sessions_total")?.labels["device"];
  let device = said === undefined ? undefined : sessions.deviceOf(batch.session, toDevice(said));
  for (const { metric, value, times = 1 } of verdict.samples) {
    if (!METRICS.has(metric)) continue;
    device ??= sessions.deviceOf(batch.session) ?? deviceKind(userAgent);
    onVital(device, metric, value, times);
  }
}

function toDevice(text: string): Device | undefined {
  return DEVICES.find((device) => device === text);
}
