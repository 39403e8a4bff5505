/** Scrapes at the same time: several Prometheus servers and several curious people. */
const MAX_OPEN = 8;

/** Milliseconds by which a reader is late, after which its scrape loses its place to another one that needs it. */
const LATE_MS = 1_000;

/**
 * Bytes a second that a reader must take to not be late: 2.5 MiB in the ten seconds that Prometheus waits by default,
 * and four of our chunks a second.
 */
const BYTES_PER_SECOND = 262_144;

/**
 * Milliseconds for which a reader may take nothing in any case: about as long as Prometheus waits by default. A
 * reader that declares a longer timeout must read in the meantime.
 */
const MAX_STALLED_MS = 9_500;

/** Milliseconds between two checks for such readers. */
const LOOK_MS = 1_000;

/** A scrape that is being sent. */
export interface ScrapePlace {
  /** From now on the reader must take something before more can be sent. */
  waits(): void;
  /** The reader has taken the bytes that waited for it. */
  took(bytes: number): void;
  /** Called once the scrape is over, for every outcome. */
  leave(): void;
}

/** Places for scrapes, so that readers that stall or read slowly do not keep a scraper out. */
export interface ScrapePlaces {
  /**
   * Takes a place. If none is left, a scrape is cut that waits for its reader: of the address that has the most
   * places, the latest one. Undefined if none is late by a second. If an address has two places more than the sender,
   * its reader counts as late as soon as it was waited for a second in total, at any reading speed.
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
      if (waiting(place) < MAX_STALLED_MS) continue;
      places.delete(place);
      place.cut("timeout");
    }
    if (places.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const waiting = ({ since }: Place): number => (since === undefined ? 0 : now() - since);
  const makeRoom = (sender: string): boolean => {
    const share = countOf(sender) + 1;
    const [slowest] = [...places]
      .map((place) => ({ place, count: countOf(place.sender), late: place.late + waiting(place) }))
      .filter(({ place, count, late }) => {
        const hasMore = count > share && place.waited + waiting(place) >= LATE_MS;
        return place.since !== undefined && (late >= LATE_MS || hasMore);
      })
      .toSorted((a, b) => b.count - a.count || b.late - a.late);
    if (!slowest) return false;
    places.delete(slowest.place);
    slowest.place.cut("too_slow");
    return true;
  };
  const countOf = (sender: string): number =>
    [...places].reduce((count, place) => count + (place.sender === sender ? 1 : 0), 0);

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
        took: (bytes) => {
          const waited = waiting(place);
          place.since = undefined;
          place.waited += waited;
          // A reader that was fast once may not be slow later because of it.
          place.late = Math.max(0, place.late + waited - (bytes / BYTES_PER_SECOND) * 1_000);
        },
        leave: () => void places.delete(place),
      };
    },
  };
}
