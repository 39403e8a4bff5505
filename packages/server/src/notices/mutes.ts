import type { Alert, Moment } from "../alerts/alert.ts";
import { createInhibitions } from "./inhibitions.ts";
import type { Inhibition } from "./noticeOptions.ts";
import type { NoticeSettings } from "./noticeSettings.ts";
import type { Silences } from "./silences.ts";

/**
 * The reasons for which an alert has no notices: ids of silences, `inhibited`, `maintenance`, and names of those of the given
 * mute times that last. Empty if it has notices.
 */
export type MutedBy = (alert: Alert, muteTimes: readonly string[]) => readonly string[];

export interface MuteParts {
  readonly settings: NoticeSettings;
  readonly inhibit: readonly Inhibition[];
  readonly silences: Silences;
}

/** Returns the reasons at a moment, among the alerts that fire then. */
export function createMutes({
  settings,
  inhibit,
  silences,
}: MuteParts): (firing: readonly Alert[], at: Moment) => MutedBy {
  const inhibitions = createInhibitions(inhibit);
  return (firing, at) => {
    const isInhibited = inhibitions(firing);
    const maintenance = settings.maintenance.filter(({ from, to }) => at >= from && at < to);
    const active = new Set([...settings.muteTimes].filter(([, lasts]) => lasts(at)).map(([name]) => name));
    return (alert, muteTimes) => [
      ...silences.matching(alert, at),
      ...(isInhibited(alert) ? ["inhibited"] : []),
      ...(maintenance.some(({ matches }) => matches(alert)) ? ["maintenance"] : []),
      ...muteTimes.filter((name) => active.has(name)),
    ];
  };
}
