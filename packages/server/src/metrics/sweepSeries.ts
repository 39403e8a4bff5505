import type { SeriesTally } from "./seriesBudget.ts";
import type { StoredFamily } from "./family.ts";
import type { Series } from "./seriesStore.ts";

/** Series that one step looks at: a tenth of a millisecond; all that the budgets allow in a minute. */
const LOOKED_AT = 1_000;

/** Series that one step ends: each is a removal from maps, and a line for the journal. */
const ENDED_AT_ONCE = 100;

/**
 * Ends series that were idle for too long, a few in each step, so that no step is ever long. A step takes the
 * seconds since the recorder began, by which series say when they were used.
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

/** Every series once; a `Set` may lose and gain members while it is walked. */
function* walk(families: readonly StoredFamily[]): Generator<[StoredFamily, Series], undefined> {
  for (const family of families) {
    for (const series of family.series) yield [family, series];
  }
}
