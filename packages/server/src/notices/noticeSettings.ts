import type { Alert, Moment } from "../alerts/alert.ts";
import type { AlertDuration } from "@rumkit/protocol";
import { secondsOf } from "../catalog/alertDefaults.ts";
import { type MatchesAlert, readMatchers } from "./matchers.ts";
import { createMuteTime } from "./muteTimes.ts";
import type { NoticeOptions, NoticeRoute } from "./noticeOptions.ts";

/** The options about notices, ready to be used. */
export interface NoticeSettings {
  readonly routes: readonly Route[];
  readonly muteTimes: ReadonlyMap<string, (at: Moment) => boolean>;
  readonly maintenance: readonly MaintenanceTest[];
  readonly maxNoticesPerHour: number;
  readonly flapping: { readonly changes: number; readonly withinMs: number };
}

export interface Route {
  readonly matches: MatchesAlert;
  readonly receivers: readonly string[];
  readonly groupBy: readonly string[];
  readonly timing: GroupTiming;
  readonly goesOn: boolean;
}

/** The times of a group, in milliseconds, and the names of the mute times of its route. */
export interface GroupTiming {
  readonly waitMs: number;
  readonly intervalMs: number;
  readonly repeatMs: number;
  readonly muteTimes: readonly string[];
}

interface MaintenanceTest {
  readonly from: Moment;
  readonly to: Moment;
  readonly matches: (alert: Alert) => boolean;
}

const msOf = (duration: AlertDuration): number => secondsOf(duration) * 1_000;

/** At most 30 changes per hour and alarm, as Netdata's flood protection. */
const MAX_NOTICES_PER_HOUR = 30;
const FLAPPING = { changes: 6, within: "10m" } as const;

/** Reads checked options: see `noticeChecks`. `receivers` are the names of all receivers, which get everything without routes. */
export function readNoticeOptions(options: NoticeOptions, receivers: readonly string[]): NoticeSettings {
  const { routes = [{ receivers }], muteTimes = {}, maintenance = [], flapping = FLAPPING } = options;
  return {
    routes: routes.map(readRoute),
    muteTimes: new Map(Object.entries(muteTimes).map(([name, time]) => [name, createMuteTime(time)])),
    maintenance: maintenance.map(({ from, to, match = [] }) => ({
      from: Date.parse(from),
      to: Date.parse(to),
      matches: readMatchers(match),
    })),
    maxNoticesPerHour: options.maxNoticesPerHour ?? MAX_NOTICES_PER_HOUR,
    flapping: { changes: flapping.changes, withinMs: msOf(flapping.within) },
  };
}

function readRoute(route: NoticeRoute): Route {
  const { match = [], receivers, groupBy = ["alertname"], muteTimes = [] } = route;
  const { groupWait = "0s", groupInterval = "30s", repeatInterval = "4h" } = route;
  return {
    matches: readMatchers(match),
    receivers,
    groupBy,
    goesOn: route.continue ?? false,
    timing: {
      waitMs: msOf(groupWait),
      intervalMs: msOf(groupInterval),
      repeatMs: msOf(repeatInterval),
      muteTimes,
    },
  };
}
