import { createHash } from "node:crypto";
import { ALERT_SHAPE, type Alert, type Moment } from "../alerts/alert.ts";
import { labelOf } from "./matchers.ts";
import type { GroupTiming, Route } from "./noticeSettings.ts";

/** An alert of a group. */
export interface Member {
  /** As it was when it was seen last. */
  alert: Alert;
  /** True if a notice said that it fires. */
  isTold: boolean;
  isEnded: boolean;
}

/** Alerts of one route that share the labels of `groupBy`. Receivers hear of them in one notice. */
export interface NoticeGroup {
  readonly key: string;
  /** Taken over from the route when the group began, so that a resolve goes where its fire went after options have changed. */
  readonly receivers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly timing: GroupTiming;
  /** Members by their alert's episode. */
  readonly members: Map<string, Member>;
  /** The episode of its notices, from the first fire to the resolve; undefined if no notice says that it fires. */
  episode: string | undefined;
  /** The moment of the first alert that no notice has told. */
  waitingSince: Moment | undefined;
  /** The moment of the last notice. */
  noticeAt: Moment;
  /** The number in the name of its last episode: the moment at which it began, or the next free one. */
  lastEpisode: Moment;
}

/** A group as it is kept. */
export type KeptGroup = Omit<NoticeGroup, "members"> & {
  readonly members: readonly Member[];
};

export const GROUP_SHAPE = {
  key: "text",
  receivers: ["text"],
  labels: "object",
  timing: "object",
  members: [{ alert: ALERT_SHAPE }],
} as const;

/** The key of a group: the same after a restart with the same route. */
export function groupKey(route: Route, labels: Readonly<Record<string, string>>): string {
  return digest(JSON.stringify([route.receivers, route.timing, route.groupBy, labels]));
}

export function groupLabels(route: Route, alert: Alert): Record<string, string> {
  const names = route.groupBy.includes("...") ? ["alertname", ...Object.keys(alert.labels)] : route.groupBy;
  return Object.fromEntries(names.map((name) => [name, labelOf(alert, name)]));
}

export function createGroup(
  key: string,
  route: Route,
  labels: Readonly<Record<string, string>>,
): NoticeGroup {
  return {
    key,
    receivers: route.receivers,
    labels,
    timing: route.timing,
    members: new Map(),
    episode: undefined,
    waitingSince: undefined,
    noticeAt: 0,
    lastEpisode: 0,
  };
}

/** Begins an episode, whose name is new even if the group begins twice in the same millisecond. */
export function beginEpisode(group: NoticeGroup, at: Moment): string {
  // The clock may have gone back by years: then the moment is new, too.
  const isNear = Math.abs(at - group.lastEpisode) < NEAR_MS;
  group.lastEpisode = isNear ? Math.max(at, group.lastEpisode + 1) : at;
  group.episode = `${group.key}-${group.lastEpisode}`;
  return group.episode;
}

/** Episodes that begin within a second of each other might have the same moment. */
const NEAR_MS = 1_000;

/** True if the group can be forgotten, since the name of a next episode is new without it, too. */
export function isForgettable({ members, lastEpisode }: NoticeGroup, at: Moment): boolean {
  return members.size === 0 && Math.abs(at - lastEpisode) >= NEAR_MS;
}

export function restoreGroup({ members, ...kept }: KeptGroup): NoticeGroup {
  return { ...kept, members: new Map(members.map((member) => [member.alert.episode, member])) };
}

export function keepGroup(group: NoticeGroup): KeptGroup {
  const { members, ...rest } = group;
  return { ...rest, members: [...members.values()] };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
