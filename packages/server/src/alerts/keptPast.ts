import { decodeHour, PAST } from "./pastDocuments.ts";
import { groupOf, isSelected, keyOfSelector, labelsOfGroup, type Selector, type Where } from "./selector.ts";
import type { AlertSource, SourceSeries } from "./source.ts";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** The counters that a journal has kept because alerts read them, minute by minute. */
export interface KeptPast {
  /** The first and the last minute, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Times between them without a collector. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[];
  /** True if a collector ran in the minute. */
  ran(at: number): boolean;
  /** The first moment at which a selector was read; undefined if it never was. */
  since(selector: Selector): number | undefined;
  /** A source that goes on with a clock. */
  readonly source: AlertSource & { moveTo(at: number): void };
}

/** The sums of one selector by group, minute by minute since the first one. NaN: not known. */
interface KeptReading {
  readonly selector: Selector;
  readonly since: number;
  readonly groups: Map<string, Float64Array>;
}

/** Returns undefined for a journal that has nothing of the kind. */
export function readKeptPast(
  documents: Iterable<readonly [section: string, key: string, text: string]>,
): KeptPast | undefined {
  const hours = hoursOf(documents);
  const minutes = hours.flatMap(({ start, hour }) => hour.minutes.map(([minute = 0]) => start + minute));
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const readings = new Map<string, KeptReading>();
  for (const { start, hour } of hours) addHour(readings, hour, start, first, last);
  const ran = new Set(minutes);
  return {
    from: first * MINUTE_MS,
    to: last * MINUTE_MS,
    gaps: gapsOf(minutes),
    ran: (at) => ran.has(Math.floor(at / MINUTE_MS)),
    since: (selector) => {
      const found = servingOf(readings, selector);
      return found && found.since * MINUTE_MS;
    },
    source: createPastSource(readings, ran, first),
  };
}

/** Returns the hours that can be read, in the order of time. They start at a minute since 1970. */
function hoursOf(
  documents: Iterable<readonly [section: string, key: string, text: string]>,
): { readonly start: number; readonly hour: Hour }[] {
  return [...documents]
    .filter(([section]) => section === PAST)
    .flatMap(([, key, text]) => {
      const hour = decodeHour(text);
      return hour ? [{ start: Number(key) * HOUR_MINUTES, hour }] : [];
    })
    .toSorted((a, b) => a.start - b.start);
}

function createPastSource(
  readings: ReadonlyMap<string, KeptReading>,
  ran: ReadonlySet<number>,
  first: number,
): KeptPast["source"] {
  let place = 0;
  return {
    moveTo: (at) => void (place = Math.floor(at / MINUTE_MS) - first),
    up: () => (ran.has(first + place) ? 1 : 0),
    watch: () => {},
    groups: (selector, add) => {
      const found = servingOf(readings, selector);
      for (const [group, sums] of found?.groups ?? []) {
        const labels = labelsOfGroup(found!.selector.by, group);
        if (isWithin(selector.where, found!.selector, labels))
          add(
            groupOf(selector.by, labels),
            seriesOf(labels, sums, () => place),
          );
      }
    },
  };
}

function seriesOf(labels: SourceSeries["labels"], sums: Float64Array, place: () => number): SourceSeries {
  return { labels, isNew: false, reader: () => () => sums[place()] ?? Number.NaN };
}

type Hour = NonNullable<ReturnType<typeof decodeHour>>;

/** Adds the increases of an hour to the sums. A sum goes on from that of the hour before. */
function addHour(
  readings: Map<string, KeptReading>,
  { keys, tracks, minutes }: Hour,
  start: number,
  first: number,
  last: number,
): void {
  const since = start + (minutes[0]?.[0] ?? 0);
  for (const key of keys) {
    const selector = selectorOf(key);
    if (selector && !readings.has(key)) readings.set(key, { selector, since, groups: new Map() });
  }
  const running = tracks.map(([key, group, begins, value]) => {
    const groups = readings.get(keys[key] ?? "")?.groups ?? new Map<string, Float64Array>();
    const sums = groups.get(group) ?? new Float64Array(last - first + 1).fill(Number.NaN);
    groups.set(group, sums);
    const place = start + begins - first;
    const known = sums.subarray(0, Math.max(place + 1, 0)).findLast((sum) => !Number.isNaN(sum));
    if (known === undefined && place >= 0) sums[place] = value;
    return { sums, begins, sum: known ?? value };
  });
  for (const [minute = 0, ...increases] of minutes) {
    for (let index = 0; index + 1 < increases.length; index += 2) {
      const track = running[increases[index]!];
      if (track) track.sum += increases[index + 1]!;
    }
    for (const { sums, begins, sum } of running) if (minute > begins) sums[start + minute - first] = sum;
  }
}

function selectorOf(key: string): Selector | undefined {
  try {
    const [metric, edge, where, by] = JSON.parse(key) as [string, number | null, Where[], string[]];
    return { metric, edge: edge ?? undefined, where, by };
  } catch {
    return undefined;
  }
}

/**
 * Returns the reading that has what a selector reads: its own, or one of the same metric whose groups can be chosen or added
 * up to it.
 */
function servingOf(readings: ReadonlyMap<string, KeptReading>, wanted: Selector): KeptReading | undefined {
  const own = readings.get(keyOfSelector(wanted));
  return own ?? [...readings.values()].find(({ selector }) => serves(selector, wanted));
}

function serves(kept: Selector, wanted: Selector): boolean {
  if (kept.metric !== wanted.metric || kept.edge !== wanted.edge) return false;
  const known = new Set(kept.where.map((each) => JSON.stringify(each)));
  const rest = wanted.where.filter((each) => !known.delete(JSON.stringify(each)));
  return (
    known.size === 0 &&
    [...wanted.by, ...rest.map(({ label }) => label)].every((label) => kept.by.includes(label))
  );
}

/** True if a group of a kept selector has what is wanted beyond it. */
function isWithin(wanted: readonly Where[], kept: Selector, labels: SourceSeries["labels"]): boolean {
  const known = kept.where.map((each) => JSON.stringify(each));
  const where = wanted.filter((each) => !known.includes(JSON.stringify(each)));
  return isSelected({ ...kept, where }, labels);
}

function gapsOf(minutes: readonly number[]): { from: number; to: number }[] {
  return minutes.flatMap((minute, index) => {
    const before = minutes[index - 1] ?? minute;
    return minute - before > 1 ? [{ from: before * MINUTE_MS, to: minute * MINUTE_MS }] : [];
  });
}
