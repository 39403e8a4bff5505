import type { LiveGap, LiveRelease } from "@rumkit/protocol";

/** Maximum releases and gaps: more than a team that releases several times per day has in eight days. */
const MAX_MARKS = 100;

/**
 * Minimum batches of pages that must name a release before it is shown, so that one page cannot add marks to the
 * chart.
 */
const MIN_BATCHES = 5;

/** Maximum releases of pages that have too few batches so far. */
const MAX_CANDIDATES = 100;

/** Maximum UTF-16 units of a release's name. */
const MAX_NAME = 64;

/** The highest total of a day. */
interface DayRecord {
  readonly value: number;
  /** The first moment of that day, in milliseconds since 1970. */
  readonly day: number;
}

/** Everything that is stored in addition to the minutes. */
export interface Marks {
  releases: LiveRelease[];
  gaps: LiveGap[];
  records: Record<string, DayRecord>;
  /** The last time at which the collector ran, in milliseconds since 1970; 0 before its first start. */
  aliveAt: number;
  /** The counters of each column at `aliveAt`. */
  totals: Record<string, number>;
}

function createMarks(): Marks {
  return { releases: [], gaps: [], records: {}, aliveAt: 0, totals: {} };
}

export function encodeMarks(marks: Marks): Uint8Array {
  return Buffer.from(JSON.stringify(marks));
}

/** Reads marks. If they are missing or cannot be read, returns new ones. */
export function decodeMarks(bytes: Uint8Array | undefined): Marks {
  if (!bytes) return createMarks();
  try {
    return { ...createMarks(), ...(JSON.parse(Buffer.from(bytes).toString()) as Partial<Marks>) };
  } catch {
    return createMarks();
  }
}

/** Adds a gap, and forgets the oldest if there are too many. */
export function addGap(marks: Marks, gap: LiveGap): void {
  marks.gaps = [...marks.gaps, gap].slice(-MAX_MARKS);
}

/** Remembers when each release was first seen. */
export interface ReleaseWatch {
  see(release: string, source: LiveRelease["source"]): void;
}

/** @param clean Removes personal and secret text from a name that a page sends. */
export function createReleaseWatch(
  marks: Marks,
  now: () => number,
  clean: (text: string) => string,
): ReleaseWatch {
  const known = new Set(marks.releases.map(({ release }) => release));
  const candidates = new Map<string, number>();
  const add = (release: string, source: LiveRelease["source"]): void => {
    known.add(release);
    const name = clean(release);
    if (marks.releases.some((mark) => mark.release === name)) return;
    marks.releases = [...marks.releases, { release: name, at: now(), source }].slice(-MAX_MARKS);
  };
  return {
    see: (release, source) => {
      if (known.has(release) || release === "" || release.length > MAX_NAME) return;
      if (source === "server") return add(release, source);
      const batches = (candidates.get(release) ?? 0) + 1;
      candidates.delete(release);
      if (batches >= MIN_BATCHES) return add(release, source);
      candidates.set(release, batches);
      if (candidates.size > MAX_CANDIDATES) candidates.delete(candidates.keys().next().value!);
    },
  };
}
