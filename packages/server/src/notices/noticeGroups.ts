import type { Alert, AlertChange, Moment } from "../alerts/alert.ts";
import { createKeptMap, type KeptMap } from "./keptMap.ts";
import type { KeptState } from "../journal/keptState.ts";
import type { Notice } from "./notice.ts";
import {
  createGroup,
  groupKey,
  groupLabels,
  isForgettable,
  GROUP_SHAPE,
  keepGroup,
  type KeptGroup,
  type NoticeGroup,
  restoreGroup,
} from "./noticeGroup.ts";
import type { Route } from "./noticeSettings.ts";
import { createPlaces, type Places } from "./places.ts";
import { type PlanContext, planNotices } from "./planNotices.ts";

/** Milliseconds for which Alertmanager hears of a resolved alert again, as from Prometheus: it may have missed the first. */
const ENDED_MS = 900_000;

/** A notice with the names of the receivers that get it. */
export interface PlannedNotice {
  readonly notice: Notice;
  readonly receivers: readonly string[];
}

/** The alerts that fire, in groups, and what receivers have heard of them. */
export interface NoticeGroups extends Pick<KeptMap<unknown>, "changes"> {
  /**
   * Puts alerts that fire into groups, and marks those that do not fire any more. An alert that fires without a change (after
   * a restart that lost it) is a fire, and one that is gone without a change is resolved: no fire stays without its resolve.
   */
  take(changes: readonly AlertChange[], firing: readonly Alert[], at: Moment): void;
  plan(context: PlanContext): PlannedNotice[];
  /** The firing alerts of which a receiver has heard, and those that ended in the last 15 minutes. */
  toldTo(receiver: string, at: Moment): readonly Alert[];
  /** The names of the mute times of the groups of an alert. */
  muteTimesOf(alert: Alert): readonly string[];
}

/** @param names The receivers that there are. Alerts whose receivers are all gone get new ones. */
export function createNoticeGroups(
  state: KeptState,
  routes: readonly Route[],
  names: readonly string[],
): NoticeGroups {
  const groups = createKeptMap<NoticeGroup, KeptGroup>(state, "notices/groups", GROUP_SHAPE, {
    read: (kept) => (kept.receivers.some((name) => names.includes(name)) ? restoreGroup(kept) : undefined),
    keep: keepGroup,
  });
  const places = createPlaces(groups.values());
  const membership = createMembership(groups, places, routes);
  const ended = createEndedAlerts();
  return {
    take: membership.take,
    plan: (context) => {
      const planned: PlannedNotice[] = [];
      for (const group of groups.values()) {
        const before = [...group.members.keys()];
        const notices = planNotices(group, context);
        if (notices) groups.touch(group.key);
        for (const notice of notices ?? []) {
          planned.push({ notice, receivers: group.receivers });
          ended.note(notice, group.receivers);
        }
        for (const episode of before) if (!group.members.has(episode)) places.remove(episode, group);
        if (isForgettable(group, context.at)) groups.delete(group.key);
      }
      return planned;
    },
    toldTo: (receiver, at) =>
      [...firingFor(receiver, groups), ...ended.of(receiver, at)].map(({ alert }) => alert),
    muteTimesOf: (alert) => {
      const of = places.has(alert.episode) ? places.of(alert.episode) : routesOf(alert, routes);
      return [...new Set([...of].flatMap(({ timing }) => timing.muteTimes))];
    },
    changes: () => groups.changes(),
  };
}

/** The firing alerts of which a receiver has heard. */
function firingFor(receiver: string, groups: KeptMap<NoticeGroup>) {
  const of = [...groups.values()].filter(({ receivers }) => receivers.includes(receiver));
  return of.flatMap(({ members }) => [...members.values()].filter(({ isTold }) => isTold));
}

interface EndedAlert {
  readonly alert: Alert;
  readonly receivers: readonly string[];
  readonly at: Moment;
}

/** The alerts that ended in the last 15 minutes, with the receivers that got the notice of it. */
function createEndedAlerts() {
  let ended: readonly EndedAlert[] = [];
  return {
    note: ({ alerts, at }: Notice, receivers: readonly string[]): void => {
      const over = alerts.filter((alert) => alert.state === "resolved");
      ended = [...ended, ...over.map((alert) => ({ alert, receivers, at }))].filter(
        (one) => one.at >= at - ENDED_MS,
      );
    },
    of: (receiver: string, at: Moment): readonly EndedAlert[] =>
      ended.filter((one) => one.at >= at - ENDED_MS && one.receivers.includes(receiver)),
  };
}

/** Puts alerts into groups, and ends them there. */
function createMembership(
  groups: KeptMap<NoticeGroup>,
  places: Places,
  routes: readonly Route[],
): Pick<NoticeGroups, "take"> {
  const admit = (alert: Alert): void => {
    for (const route of routesOf(alert, routes)) {
      const labels = groupLabels(route, alert);
      const key = groupKey(route, labels);
      const group = groups.get(key) ?? createGroup(key, route, labels);
      groups.set(key, group);
      group.members.set(alert.episode, { alert, isTold: false, isEnded: false });
      places.add(alert.episode, group);
    }
  };
  const update = (alert: Alert, isEnded: boolean): void => {
    for (const group of places.of(alert.episode)) {
      const member = group.members.get(alert.episode);
      if (!member || member.isEnded) continue;
      Object.assign(member, { alert, isEnded });
      // The newest value is not kept each second: the next evaluation brings it again.
      if (isEnded) groups.touch(group.key);
    }
  };
  return {
    take: (changes, firing, at) => {
      for (const { kind, alert } of changes) {
        if (kind === "resolved") update(alert, true);
        else if (kind === "firing" && !places.has(alert.episode)) admit(alert);
      }
      for (const alert of firing) {
        if (places.has(alert.episode)) update(alert, false);
        else admit(alert);
      }
      for (const alert of findGone(places, firing)) {
        update({ ...alert, state: "resolved", endsAt: alert.endsAt ?? at }, true);
      }
    },
  };
}

/** The alerts in groups that do not fire any more. */
function findGone(places: Places, firing: readonly Alert[]): readonly Alert[] {
  const present = new Set(firing.map(({ episode }) => episode));
  const gone = places.all().filter((episode) => !present.has(episode));
  return gone.flatMap((episode) => {
    const [group] = places.of(episode);
    return group?.members.get(episode)?.alert ?? [];
  });
}

/** The first route that matches, and those after it while each says `continue`. */
function routesOf(alert: Alert, routes: readonly Route[]): readonly Route[] {
  const found: Route[] = [];
  for (const route of routes) {
    if (!route.matches(alert)) continue;
    found.push(route);
    if (!route.goesOn) break;
  }
  return found;
}
