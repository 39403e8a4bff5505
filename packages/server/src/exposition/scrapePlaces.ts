/** Scrapes at once: several Prometheus servers and several curious people. */
const MAX_OPEN = 8;

/** Milliseconds for which a reader took nothing, after which its scrape gives its place to another one. */
const STALLED_MS = 1_000;

/**
 * Milliseconds for which a reader may take nothing in any case: about as long as Prometheus waits by default. Who says
 * that it waits longer has to read meanwhile.
 */
const MAX_STALLED_MS = 9_500;

/** Milliseconds between two looks for those. */
const LOOK_MS = 1_000;

/** A scrape that is being sent. */
interface ScrapePlace {
  /** The reader has to take something before more can be sent, or has taken it. */
  waits(isWaiting: boolean): void;
  /** Called once the scrape is over, however it ended. */
  leave(): void;
}

/** Places for scrapes, so that readers that stand still keep nobody out. */
export interface ScrapePlaces {
  /**
   * Takes a place. Where there is none left, the scrape is cut that waits for its reader the longest, of the address
   * that has the most places. Undefined where none has waited for a second.
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
}

/** @param now The clock, in milliseconds. */
export function createScrapePlaces(now: () => number): ScrapePlaces {
  const places = new Set<Place>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    for (const place of places) {
      if (place.since === undefined || now() - place.since < MAX_STALLED_MS) continue;
      places.delete(place);
      place.cut("timeout");
    }
    if (places.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const makeRoom = (): boolean => {
    const [slowest] = [...places]
      .filter(({ since }) => since !== undefined && now() - since >= STALLED_MS)
      .map((place) => ({ place, others: countOf(place.sender) }))
      .toSorted((a, b) => b.others - a.others || a.place.since! - b.place.since!);
    if (!slowest) return false;
    places.delete(slowest.place);
    slowest.place.cut("too_slow");
    return true;
  };
  const countOf = (sender: string): number =>
    [...places].reduce((count, place) => count + (place.sender === sender ? 1 : 0), 0);

  return {
    enter: (sender, cut) => {
      if (places.size >= MAX_OPEN && !makeRoom()) return undefined;
      const place: Place = { sender, cut, since: undefined };
      places.add(place);
      timer ??= setInterval(look, LOOK_MS).unref();
      return {
        waits: (isWaiting) => {
          place.since = isWaiting ? now() : undefined;
        },
        leave: () => void places.delete(place),
      };
    },
  };
}
