/** Scrapes at once: several Prometheus servers and several curious people. */
const MAX_OPEN = 8;

/** Milliseconds by which a reader is late, after which its scrape gives its place to another one that needs it. */
const LATE_MS = 1_000;

/**
 * Bytes a second that a reader takes who is not late: 2.5 MiB in the ten seconds that Prometheus waits by default, and
 * four of our chunks a second.
 */
const BYTES_PER_SECOND = 262_144;

/**
 * Milliseconds for which a reader may take nothing in any case: about as long as Prometheus waits by default. Who says
 * that it waits longer has to read meanwhile.
 */
const MAX_STALLED_MS = 9_500;

/** Milliseconds between two looks for those. */
const LOOK_MS = 1_000;

/** A scrape that is being sent. */
export interface ScrapePlace {
  /** From now on the reader has to take something before more can be sent. */
  waits(): void;
  /** The reader has taken what was waiting for it. */
  took(bytes: number): void;
  /** Called once the scrape is over, however it ended. */
  leave(): void;
}

/** Places for scrapes, so that readers that stand still or dawdle keep no scraper out. */
export interface ScrapePlaces {
  /**
   * Takes a place. Where there is none left, a scrape is cut that waits for its reader: of the address that has the
   * most places, the latest one. Undefined where none is late by a second. Of an address that has two places more than
   * the sender, a reader is late as soon as it was waited for a second in all, however fast it reads.
   *
   * @param sender The address, or what stands for it.
   * @param cut Ends the scrape, because its reader is too slow.
   */
  enter(sender: string, cut: (reason: "too_slow" | "timeout") => void): ScrapePlace | undefined;
}

interface Place {
  readonly sender: string;
  readonly cut: (reason: "too_slow" | "timeout") => void;
  /** Since when its reader has taken nothing; undefined where nothing waits for it. */
  since: number | undefined;
  /** Milliseconds that were waited for its reader before. */
  waited: number;
  /** Milliseconds by which its reader was late when it took something: waiting, less what the bytes may take. */
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
          // Who was fast once may not be slow for it later.
          place.late = Math.max(0, place.late + waited - (bytes / BYTES_PER_SECOND) * 1_000);
        },
        leave: () => void places.delete(place),
      };
    },
  };
}
