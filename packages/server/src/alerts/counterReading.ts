import { perMoment } from "./perMoment.ts";
import { slotFor, slotsFor } from "./ring.ts";
import { groupOf, isSelected, keyOfSelector, type Selector, type Vector } from "./selector.ts";
import type { AlertSource, SourceSeries } from "./source.ts";
import { createTrack, type Track } from "./track.ts";

/** Maximum groups of one reading, such as routes: as many as the live page has windows of. More are left out. */
export const MAX_GROUPS = 400;

/** Milliseconds between two looks for groups that no window reaches any more. */
const PRUNED_EVERY_MS = 60_000;

/** A window of a reading, in seconds. */
export interface Window {
  readonly seconds: number;
  /** The end of the window, so long before now. Default 0. */
  readonly ago?: number;
}

/** The increases of counters, and of observations of histograms, by group. Several rules share one. */
export interface CounterReading {
  readonly key: string;
  readonly metric: string;
  readonly tracks: ReadonlyMap<string, Track>;
  /** Seconds that the longest window reaches back. */
  longest(): number;
  /** Makes room for a window. Call it before the first sample. */
  need(window: Window): void;
  /** Reads all series. */
  sample(at: number): void;
  increase(at: number, window: Window): Vector;
  /** The same per second. */
  rate(at: number, window: Window): Vector;
  /** Returns the track of a group of an earlier process; undefined if all places are taken. */
  restore(group: string): Track | undefined;
  /** Goes on from what an earlier process counted: the counters begin at 0, or where a journal has them. */
  readonly slots: () => ReadonlyMap<number, number>;
}

interface Member {
  readonly series: SourceSeries;
  readonly read: () => number;
  readonly group: Group;
  /** The last value; NaN before the first. */
  last: number;
}

interface Group {
  readonly name: string;
  readonly members: Set<Member>;
  track: Track | undefined;
  /** True until the counters that an earlier process left are compared. */
  isRestored: boolean;
}

/** @param startsAnew True for a metric whose counters a journal does not keep: after a restart they begin at 0. */
export function createCounterReading(
  selector: Selector,
  source: AlertSource,
  startsAnew: boolean,
): CounterReading {
  const groups = createGroups(selector, source);
  const ages = new Set<number>();
  const longest = (): number => Math.max(0, ...ages);
  let slots: Map<number, number> | undefined;
  const allSlots = (): Map<number, number> => (slots ??= slotsFor(ages));
  const tracks = new Map<string, Track>();
  const trackOf = (group: Group): Track => {
    const track = (group.track ??= createTrack(allSlots()));
    tracks.set(group.name, track);
    return track;
  };
  const grow = createGrowth(groups, trackOf, startsAnew);
  const prune = createPrune(groups, tracks, longest);

  return {
    key: keyOfSelector(selector),
    metric: selector.metric,
    tracks,
    slots: allSlots,
    longest,
    need: ({ seconds, ago = 0 }) => void ages.add(seconds + ago),
    sample: (at) => {
      grow(at);
      prune(at);
    },
    increase: overWindows(tracks, false),
    rate: overWindows(tracks, true),
    restore: (name) => {
      const group = groups.of(name);
      if (!group) return undefined;
      group.isRestored = true;
      return trackOf(group);
    },
  };
}

/** Returns a function for the increases over a window, by group. */
function overWindows(tracks: ReadonlyMap<string, Track>, perSecond: boolean): CounterReading["rate"] {
  const over = perMoment((at, seconds, ago): Vector => {
    const to = at - ago * 1000;
    const slot = slotFor(seconds + ago);
    const values = new Map<string, number>();
    for (const [name, track] of tracks) {
      const value = track.over(to - seconds * 1000, to, slot, perSecond);
      if (value !== undefined) values.set(name, value);
    }
    return values;
  });
  return (at, { seconds, ago = 0 }) => over(at, seconds, ago);
}

/** Returns a function that drops groups without series which no window reaches any more. */
function createPrune(
  groups: ReturnType<typeof createGroups>,
  tracks: Map<string, Track>,
  longest: () => number,
): (at: number) => void {
  let prunedAt = 0;
  return (at) => {
    if (at - prunedAt < PRUNED_EVERY_MS) return;
    prunedAt = at;
    for (const [name, track] of tracks)
      if (track.lastAt < at - longest() * 1000 && groups.drop(name)) tracks.delete(name);
  };
}

/** Returns a function that reads all groups, and adds to their tracks what they grew by since its last call. */
function createGrowth(
  groups: ReturnType<typeof createGroups>,
  trackOf: (group: Group) => Track,
  startsAnew: boolean,
): (at: number) => void {
  let previous: number | undefined;
  return (at) => {
    for (const group of groups.values()) {
      const seen = sampleGroup(group, previous !== undefined);
      if (!seen) continue;
      const track = trackOf(group);
      const increase = group.isRestored ? increaseSince(track.raw, seen.raw, startsAnew) : seen.increase;
      // Values of a group that begins now are new, or those of an earlier run.
      const before = seen.isNew ? (previous ?? at) : undefined;
      track.add(at, increase, seen.raw, before);
      group.isRestored = false;
    }
    previous = at;
  };
}

/** Returns the increase between an earlier process and now. */
function increaseSince(kept: number, found: number, startsAnew: boolean): number {
  if (startsAnew) return found;
  // Less than before: series have ended, or it is another journal.
  return Math.max(found - kept, 0);
}

interface Seen {
  readonly increase: number;
  readonly raw: number;
  /** True if all series of the group began at 0 while they were watched. */
  readonly isNew: boolean;
}

/** Reads the members of a group; undefined if none has a value. */
function sampleGroup({ members }: Group, isRunning: boolean): Seen | undefined {
  let increase = 0;
  let raw = 0;
  let isNew = true;
  let found = false;
  for (const member of members) {
    const value = member.read();
    if (Number.isNaN(value)) continue;
    found = true;
    raw += value;
    if (Number.isNaN(member.last)) {
      const fromZero = member.series.isNew && isRunning;
      if (fromZero) increase += value;
      else isNew = false;
    } else {
      // A counter that is lower began anew.
      increase += value >= member.last ? value - member.last : value;
      isNew = false;
    }
    member.last = value;
  }
  return found ? { increase, raw, isNew } : undefined;
}

/** The groups of a selector, with the series that are in them. */
function createGroups(selector: Selector, source: AlertSource) {
  const groups = new Map<string, Group>();
  const of = (name: string): Group | undefined => {
    const found = groups.get(name);
    if (found || groups.size >= MAX_GROUPS) return found;
    const group: Group = { name, members: new Set(), track: undefined, isRestored: false };
    groups.set(name, group);
    return group;
  };
  const members = new Map<SourceSeries, Member>();
  const join = (name: string, series: SourceSeries): void => {
    const group = of(name);
    if (!group) return;
    const member = { series, read: series.reader(selector.edge), group, last: Number.NaN };
    members.set(series, member);
    group.members.add(member);
  };
  if (source.groups) source.groups(selector, join);
  source.watch(selector.metric, {
    add: (series) => {
      if (isSelected(selector, series.labels)) join(groupOf(selector.by, series.labels), series);
    },
    remove: (series) => {
      const member = members.get(series);
      members.delete(series);
      member?.group.members.delete(member);
    },
  });
  return {
    of,
    values: () => groups.values(),
    /** Drops a group without series. Returns false for one that has some. */
    drop: (name: string): boolean => groups.get(name)?.members.size === 0 && groups.delete(name),
  };
}
