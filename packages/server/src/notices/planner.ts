import type { Alert, AlertChange, Moment } from "../alerts/alert.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import { createFlapping } from "./flapping.ts";
import { createFloodCap } from "./floodCap.ts";
import type { KeptState } from "../journal/keptState.ts";
import { createMutes, type MutedBy } from "./mutes.ts";
import { createNoticeGroups, type NoticeGroups, type PlannedNotice } from "./noticeGroups.ts";
import type { NoticeOptions } from "./noticeOptions.ts";
import { readNoticeOptions } from "./noticeSettings.ts";
import type { Receiver } from "./receiver.ts";
import type { Silences } from "./silences.ts";

/** Turns changes of alerts into notices: groups, mutes, and the limits against floods. */
export interface Planner extends Pick<NoticeGroups, "toldTo"> {
  /** The notices that are due, and what must be written with them. */
  plan(
    changes: readonly AlertChange[],
    current: readonly Alert[],
    at: Moment,
  ): { readonly planned: readonly PlannedNotice[]; readonly writes: readonly DocumentChange[] };
  /** The reasons for which an alert has no notices. */
  mutedBy(alert: Alert, at: Moment): readonly string[];
}

export interface PlannerParts {
  readonly options: NoticeOptions;
  readonly receivers: readonly Receiver[];
}

export function createPlanner(
  { options, receivers }: PlannerParts,
  state: KeptState,
  silences: Silences,
  acknowledgements: Acknowledgements,
): Planner {
  const names = receivers.map(({ name }) => name);
  const settings = readNoticeOptions(options, names);
  const groups = createNoticeGroups(state, settings.routes, names);
  const mutes = createMomentMutes(createMutes({ settings, inhibit: options.inhibit ?? [], silences }));
  const flood = createFloodCap(state, settings.maxNoticesPerHour);
  const flapping = createFlapping(state, settings.flapping);
  const isAcknowledged = (episode: string): boolean => acknowledgements.of(episode) !== undefined;

  return {
    plan: (changes, current, at) => {
      const firing = current.filter((alert) => alert.state === "firing" || alert.state === "recovering");
      mutes.renew(firing);
      for (const change of changes) flapping.note(change);
      flapping.settle(at);
      groups.take(changes, firing, at);
      const over = acknowledgements.retain(firing);
      const planned = groups.plan({ at, mutedBy: mutes.at(at), isAcknowledged, flood, flapping });
      const writes = [...over, ...groups.changes(), ...flood.changes(), ...flapping.changes()];
      return { planned, writes };
    },
    mutedBy: (alert, at) => [
      ...mutes.at(at)(alert, groups.muteTimesOf(alert)),
      ...(flapping.isFlapping(alert.fingerprint) ? ["flapping"] : []),
    ],
    toldTo: groups.toldTo,
  };
}

/** Mutes, read once per moment: a page shows many alerts of one. */
function createMomentMutes(mutes: ReturnType<typeof createMutes>) {
  let firing: readonly Alert[] = [];
  let mutedBy: MutedBy = () => [];
  let mutedAt: Moment = 0;
  return {
    /** Takes the alerts that fire from now on. */
    renew: (alerts: readonly Alert[]): void => {
      firing = alerts;
      mutedAt = 0;
    },
    at: (at: Moment): MutedBy => {
      if (at !== mutedAt) mutedBy = mutes(firing, at);
      mutedAt = at;
      return mutedBy;
    },
  };
}
