/** Maximum concurrent scrapes: several Prometheus servers and several people with a browser. */
const MAX_OPEN = 8;

/** Milliseconds of lateness after which a scrape can lose its place to another scrape. */
const LATE_MS = 1_000;

/**
 * Bytes per second that a reader must take, or it counts as late: four chunks per second, or 2.5 MiB in Prometheus'
 * default timeout of ten seconds.
 */
const BYTES_PER_SECOND = 262_144;

/**
 * Maximum milliseconds in which a reader takes nothing: about Prometheus' default timeout. Even a reader with a longer
 * timeout must read in the meantime.
 */
const MAX_STALLED_MS = 9_500;

/** Milliseconds between two checks for stalled readers. */
const LOOK_MS = 1_000;

/** A scrape that is being sent. */
export interface ScrapePlace {
  /** Call it when the reader must take bytes before more can be sent. */
  waits(): void;
  /** Call it when the reader has taken the waiting bytes. */
  took(bytes: number): void;
  /** Called once the scrape is over, for every outcome. */
  leave(): void;
}

/** A limited number of places for scrapes. Stalled and slow readers lose theirs, so they do not lock a scraper out. */
export interface ScrapePlaces {
  /**
   * Takes a place. If none is free, cuts off a scrape whose reader is late by a second: the latest one of the address
   * that has the most places. Returns undefined if no reader is late. If an address has at least two more places than
   * the sender, its reader counts as late after a second of waiting in total, at any reading speed.
   *
   * @param sender The address, or a name that replaces it.
   * @param cut Ends the scrape, because its reader is too slow.
   */
  enter(sender: string, cut: (reason: "too_slow" | "timeout") => void): ScrapePlace | undefined;
}

interface Place {
  readonly sender: string;
  readonly cut: (reason: "too_slow" | "timeout") => void;
  /** The time since which its reader has taken nothing; undefined if nothing waits for it. */
  since: number | undefined;
  /** Milliseconds of earlier waits for its reader. */
  waited: number;
  /**
   * Milliseconds by which its reader was late when it took something: the wait, minus the time that the bytes may
   * take.
   */
  late: number;
}

/** @param now The clock, in milliseconds. */
export function createScrapePlaces(now: () => number): ScrapePlaces {
  const places = new Set<Place>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    for (const place of places) {
      if (waitOf(place, now()) < MAX_STALLED_MS) continue;
      places.delete(place);
      place.cut("timeout");
    }
    if (places.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const makeRoom = (sender: string): boolean => {
    const slowest = findSlowest(places, sender, now());
    if (!slowest) return false;
    places.delete(slowest);
    slowest.cut("too_slow");
    return true;
  };

  return {
    enter: (sender, cut) => {
      if (places.size >= MAX_OPEN && !makeRoom(sender)) return undefined;
      const place: Place = { sender, cut, since: undefined, waited: 0, late: 0 };
      places.add(place);
      timer ??= setInterval(look, LOOK_MS).unref();
      return {
        waits: () => {
          place.since = now();
        },
        took: (bytes) => take(place, bytes, now()),
        leave: () => void places.delete(place),
      };
    },
  };
}

/** Milliseconds for which a reader has been waited for. */
function waitOf({ since }: Place, at: number): number {
  return since === undefined ? 0 : at - since;
}

function take(place: Place, bytes: number, at: number): void {
  const waited = waitOf(place, at);
  place.since = undefined;
  place.waited += waited;
  // Credit from fast reading does not accumulate.
  place.late = Math.max(0, place.late + waited - (bytes / BYTES_PER_SECOND) * 1_000);
}

/** Returns the scrape that loses its place to another one of this sender; undefined if none is late enough. */
function findSlowest(places: ReadonlySet<Place>, sender: string, at: number): Place | undefined {
  const countOf = (who: string): number =>
    [...places].reduce((count, place) => count + (place.sender === who ? 1 : 0), 0);
  const share = countOf(sender) + 1;
  const [slowest] = [...places]
    .map((place) => ({ place, count: countOf(place.sender), late: place.late + waitOf(place, at) }))
    .filter(({ place, count, late }) => {
      const hasMore = count > share && place.waited + waitOf(place, at) >= LATE_MS;
      return place.since !== undefined && (late >= LATE_MS || hasMore);
    })
    .toSorted((a, b) => b.count - a.count || b.late - a.late);
  return slowest?.place;
}
