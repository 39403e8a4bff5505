import { setImmediate as nextTurn } from "node:timers/promises";
import type { AppFamily } from "../exposition/format.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { ExposedFamily } from "../metrics/aliasFamilies.ts";
import type { Point, PushedSeries } from "./pushedSeries.ts";
import { createFamilyReader, readAppFamily, type Reading } from "./readPoints.ts";

/** Series that are read in one turn of the event loop: about a millisecond. */
const READ_AT_ONCE = 500;

/** A moment of all series. */
export interface Snapshot {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly points: readonly Point[];
  /** True if other series are live than before. */
  readonly isChanged: boolean;
}

/** Reads all series again and again, and tells which of them have ended. */
export interface Snapshots {
  /** The series of the last snapshot, or of the process before. */
  readonly live: ReadonlyMap<string, PushedSeries>;
  /**
   * Reads every series. Those of the snapshot before that are gone get a stale marker. A counter that began at 0 since then
   * gets a 0 just after the snapshot before, so that `increase()` has its first events.
   *
   * @param at Milliseconds since 1970, later than the snapshot before.
   */
  take(at: number): Promise<Snapshot>;
  /** Reads every series for the last time: each gets its value, and a stale marker after it. */
  takeLast(at: number): Promise<Snapshot>;
}

export interface SnapshotOptions {
  readonly families: readonly ExposedFamily[];
  readonly readAppFamilies: () => Promise<readonly AppFamily[]>;
  readonly defaultLabels: () => Labels;
  /** The start of this process, and of the oldest one whose values the journal may have, in milliseconds since 1970. */
  readonly startedAt: number;
  readonly keptSince: number;
  /** The series of the process before, by id. */
  readonly before: ReadonlyMap<string, PushedSeries>;
  /** The last snapshot of the process before; undefined if it is unknown. */
  readonly lastAt: number | undefined;
  /** True for a series that is not to be sent for now. */
  readonly isLeftOut: (id: string) => boolean;
}

export function createSnapshots(options: SnapshotOptions): Snapshots {
  const { startedAt, lastAt } = options;
  const readAll = createReader(options, () => live);
  let live = options.before;
  // A series that was not restored began at 0 when this process did.
  let zeroAt = Math.max(startedAt, (lastAt ?? 0) + 1);

  const take = async (at: number, isLast: boolean): Promise<Snapshot> => {
    const next = new Map<string, PushedSeries>();
    const points: Point[] = [];
    let isChanged = false;
    for await (const { series, values, beganAtZero } of readAll()) {
      const isNew = !live.has(series.id);
      isChanged ||= isNew;
      next.set(series.id, series);
      if (options.isLeftOut(series.id)) continue;
      const zero =
        isNew && beganAtZero && zeroAt < at ? [{ at: zeroAt, values: series.lines.map(() => 0) }] : [];
      const end = isLast ? [{ at: at + 1, values: undefined }] : [];
      points.push({ series, samples: [...zero, { at, values }, ...end] });
    }
    for (const [id, series] of live) {
      if (next.has(id)) continue;
      isChanged = true;
      if (options.isLeftOut(id)) continue;
      points.push({ series, samples: [{ at, values: undefined }] });
    }
    live = isLast ? new Map() : next;
    zeroAt = at + 1;
    return { at, points, isChanged: isChanged || isLast };
  };
  return {
    get live() {
      return live;
    },
    take: (at) => take(at, false),
    takeLast: (at) => take(at, true),
  };
}

/** Returns a function that reads every series, a few in each turn of the event loop. */
function createReader(
  { families, readAppFamilies, defaultLabels, startedAt, keptSince }: SnapshotOptions,
  live: () => ReadonlyMap<string, PushedSeries>,
): () => AsyncGenerator<Reading> {
  const readFamily = createFamilyReader();
  return async function* readAll() {
    const appFamilies = await readAppFamilies();
    const options = {
      startOf: (isRestored: boolean) => (isRestored ? keptSince : startedAt),
      known: (id: string) => live().get(id),
      defaultLabels: defaultLabels(),
    };
    let count = 0;
    const readings = function* () {
      for (const family of families) yield* readFamily(family, options);
      for (const family of appFamilies) yield* readAppFamily(family, options);
    };
    for (const reading of readings()) {
      yield reading;
      count += 1;
      if (count % READ_AT_ONCE === 0) await nextTurn();
    }
  };
}
