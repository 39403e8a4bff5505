import type { SeriesTally } from "./seriesBudget.ts";
import type { StoredFamily } from "./family.ts";
import type { Series } from "./seriesStore.ts";

/** Series that one step checks: a tenth of a millisecond; all series that the budgets allow in a minute. */
const LOOKED_AT = 1_000;

/** Maximum series that one step ends: each is removed from maps, and adds a record to the journal. */
const ENDED_AT_ONCE = 100;

/**
 * Ends series that were idle for too long, a few in each step, so that no step takes long. The argument of a step is
 * the time in seconds since the recorder began, the unit of `usedAt`.
 */
export function createSweep(
  families: readonly StoredFamily[],
  tally: SeriesTally,
  end: (family: StoredFamily, series: Series) => void,
): (second: number) => void {
  let places = walk(families);

  const isIdle = (family: StoredFamily, series: Series, second: number): boolean =>
    (second - series.usedAt) * 1000 > tally.idleMsOf(family.descriptor) && family.mayEnd(series);

  return (second) => {
    let ended = 0;
    for (let looked = 0; looked < LOOKED_AT && ended < ENDED_AT_ONCE; looked += 1) {
      const place = places.next();
      if (place.done) {
        places = walk(families);
        return;
      }
      const [family, series] = place.value;
      if (!isIdle(family, series, second)) continue;
      end(family, series);
      ended += 1;
    }
  };
}

/** Yields every series once. A `Set` may change during its iteration. */
function* walk(families: readonly StoredFamily[]): Generator<[StoredFamily, Series], undefined> {
  for (const family of families) {
    for (const series of family.series) yield [family, series];
  }
}
