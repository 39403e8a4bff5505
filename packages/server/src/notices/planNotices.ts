import { randomUUID } from "node:crypto";
import type { Alert, Moment } from "../alerts/alert.ts";
import type { Flapping } from "./flapping.ts";
import type { FloodCap } from "./floodCap.ts";
import type { MutedBy } from "./mutes.ts";
import type { Notice, NoticeReason } from "./notice.ts";
import { beginEpisode, type Member, type NoticeGroup } from "./noticeGroup.ts";

/** The conditions for the notices of a group at one moment. */
export interface PlanContext {
  readonly at: Moment;
  readonly mutedBy: MutedBy;
  readonly isAcknowledged: (episode: string) => boolean;
  readonly flood: FloodCap;
  readonly flapping: Flapping;
}

/** Alerts of a notice; more are counted, so that no notice has megabytes. */
const MAX_ALERTS = 50;

/**
 * Returns the notices of a group that are due, in order, and counts their alerts as told. Returns undefined if nothing about
 * the group has changed.
 *
 * A first fire waits for `groupWait`, and a resolve of the whole group for nothing. Alerts that join or leave a group that
 * fires wait until `groupInterval` after its last notice. If the whole group was resolved and fires again, two notices say
 * so, and the second one begins a new episode: the fire never waits for the resolve to be delivered.
 */
export function planNotices(group: NoticeGroup, context: PlanContext): Notice[] | undefined {
  const members = sortMembers(group, context);
  const { joining, leaving, staying } = members;
  const notices: Notice[] = [];
  if (leaving.length > 0 && staying.length === 0) notices.push(resolve(group, leaving, context));
  if (group.episode === undefined) {
    if (joining.length > 0) {
      const isNew = group.waitingSince === undefined;
      group.waitingSince ??= context.at;
      if (isOver(group.waitingSince, group.timing.waitMs, context.at))
        notices.push(fire(group, joining, context));
      else if (!isNew && notices.length === 0) return members.hasDropped ? [] : undefined;
      return notices;
    }
  } else {
    const notice = change(group, members, context) ?? repeat(group, staying, context);
    if (notice) notices.push(notice);
  }
  return notices.length > 0 || members.hasDropped ? notices : undefined;
}

/** True once a time has passed, or the clock went back. */
function isOver(since: Moment, ms: number, at: Moment): boolean {
  return at >= since + ms || at < since;
}

interface SortedMembers {
  /** They fire, are not muted, and no notice has said so. */
  readonly joining: readonly Member[];
  /** They are resolved, and a notice said that they fire. */
  readonly leaving: readonly Member[];
  /** Notices said that they fire. Flapping alerts stay until they are calm. */
  readonly staying: readonly Member[];
  /** True if some were left out that were resolved before any notice. */
  readonly hasDropped: boolean;
}

function sortMembers(group: NoticeGroup, { at, mutedBy, flood, flapping }: PlanContext): SortedMembers {
  const joining: Member[] = [];
  const leaving: Member[] = [];
  const staying: Member[] = [];
  let hasDropped = false;
  for (const [episode, member] of group.members) {
    const { alert, isTold, isEnded } = member;
    const flaps = flapping.isFlapping(alert.fingerprint);
    if (isTold) (isEnded && !flaps ? leaving : staying).push(member);
    else if (isEnded) hasDropped = group.members.delete(episode) || hasDropped;
    else if (flaps && !flapping.isUnannounced(alert.fingerprint)) continue;
    else if (mutedBy(alert, group.timing.muteTimes).length > 0) continue;
    else if (flood.verdict(alert.name, at) !== "held") joining.push(member);
  }
  return { joining, leaving, staying, hasDropped };
}

function resolve(group: NoticeGroup, leaving: readonly Member[], context: PlanContext): Notice {
  const notice = createNotice(group, "resolved", [], leaving, context);
  group.episode = undefined;
  group.waitingSince = undefined;
  return notice;
}

function fire(group: NoticeGroup, joining: readonly Member[], context: PlanContext): Notice {
  beginEpisode(group, context.at);
  return join(group, "fired", { joining, leaving: [], staying: [] }, context);
}

function change(
  group: NoticeGroup,
  members: Omit<SortedMembers, "hasDropped">,
  context: PlanContext,
): Notice | undefined {
  if (members.joining.length === 0 && members.leaving.length === 0) return undefined;
  if (!isOver(group.noticeAt, group.timing.intervalMs, context.at)) return undefined;
  return join(group, "changed", members, context);
}

/** A notice about alerts that join. It says if it is the last one below the cap, or that an alert flaps. */
function join(
  group: NoticeGroup,
  usual: NoticeReason,
  { joining, leaving, staying }: Omit<SortedMembers, "hasDropped">,
  context: PlanContext,
): Notice {
  const { flapping, flood, at } = context;
  const last = joining
    .filter(({ alert }) => flood.verdict(alert.name, at) === "last")
    .map(({ alert }) => alert.name);
  const flaps = joining.map(({ alert }) => alert.fingerprint).filter(flapping.isFlapping);
  for (const fingerprint of flaps) flapping.announce(fingerprint);
  const reason = last.length > 0 ? "flood" : flaps.length > 0 ? "flapping" : usual;
  return createNotice(group, reason, [...joining, ...staying.filter(isFiring)], leaving, context, last);
}

function repeat(group: NoticeGroup, staying: readonly Member[], context: PlanContext): Notice | undefined {
  const { at, flood, mutedBy, isAcknowledged } = context;
  // The clock went back: the time until the repeat begins anew.
  if (at < group.noticeAt) group.noticeAt = at;
  if (at < group.noticeAt + group.timing.repeatMs) return undefined;
  const firing = staying.filter(isFiring);
  const isWanted = firing.some(
    ({ alert }) =>
      !isAcknowledged(alert.episode) &&
      flood.verdict(alert.name, at) === "pass" &&
      mutedBy(alert, group.timing.muteTimes).length === 0,
  );
  return isWanted ? createNotice(group, "repeat", firing, [], context) : undefined;
}

function isFiring({ isEnded }: Member): boolean {
  return !isEnded;
}

function createNotice(
  group: NoticeGroup,
  reason: NoticeReason,
  firing: readonly Member[],
  resolved: readonly Member[],
  { at, flood }: PlanContext,
  last: readonly string[] = [],
): Notice {
  for (const member of firing) member.isTold = true;
  for (const { alert } of resolved) group.members.delete(alert.episode);
  const alerts: readonly Alert[] = [...firing, ...resolved].map(({ alert }) => alert);
  flood.count(
    alerts.map(({ name }) => name),
    last,
    at,
  );
  group.noticeAt = Math.max(at, 0);
  return {
    id: randomUUID(),
    episode: group.episode!,
    reason,
    status: firing.length > 0 || reason !== "resolved" ? "firing" : "resolved",
    at,
    groupLabels: group.labels,
    alerts: alerts.slice(0, MAX_ALERTS),
    leftOut: Math.max(alerts.length - MAX_ALERTS, 0),
  };
}
