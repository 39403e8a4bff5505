/** Streams at most, in total: if every one is stalled, 64 MiB wait for them. */
const MAX_VIEWERS = 1_000;

/** Streams of one address at most. An office behind one address has dozens of screens, not hundreds. */
const MAX_VIEWERS_PER_ADDRESS = 50;

/** Milliseconds for which a viewer misses frames, after which it loses its place to another one that needs it. */
const BEHIND_MS = 10_000;

/** The place of a viewer. */
interface ViewerPlace {
  /** The viewer has missed a frame, because it reads too slowly. */
  missed(): void;
  /** Gives the place back. Safe to call twice. */
  leave(): void;
}

/** Counts open streams, so that no client can take them all, by reading or by not reading. */
export interface ViewerLimits {
  readonly size: number;
  /**
   * Takes a place. If none is left, the viewer is cut that has missed frames the longest, for ten seconds at least:
   * one of the same address if that has its 50, else any. Undefined if there is none.
   *
   * @param cut Ends the viewer's stream.
   */
  enter(address: string, cut: () => void): ViewerPlace | undefined;
}

interface Viewer {
  readonly address: string;
  readonly cut: () => void;
  /** The time of the first missed frame, of a run without ten good seconds between two. */
  firstMissed: number;
  lastMissed: number;
}

/** @param now The clock, in milliseconds. */
export function createViewerLimits(now: () => number): ViewerLimits {
  const byAddress = new Map<string, Set<Viewer>>();
  let size = 0;

  const remove = (viewer: Viewer): void => {
    const others = byAddress.get(viewer.address);
    if (!others?.delete(viewer)) return;
    size -= 1;
    if (others.size === 0) byAddress.delete(viewer.address);
  };
  const isBehind = ({ firstMissed, lastMissed }: Viewer): boolean =>
    now() - lastMissed < BEHIND_MS && now() - firstMissed >= BEHIND_MS;
  const makeRoom = (viewers: readonly Viewer[]): boolean => {
    const [slowest] = viewers.filter(isBehind).toSorted((a, b) => a.firstMissed - b.firstMissed);
    if (!slowest) return false;
    remove(slowest);
    slowest.cut();
    return true;
  };
  const hasRoom = (address: string): boolean => {
    const own = byAddress.get(address);
    if (own && own.size >= MAX_VIEWERS_PER_ADDRESS) return makeRoom([...own]);
    return size < MAX_VIEWERS || makeRoom([...byAddress.values()].flatMap((viewers) => [...viewers]));
  };

  return {
    get size() {
      return size;
    },
    enter: (address, cut) => {
      if (!hasRoom(address)) return undefined;
      const viewer: Viewer = { address, cut, firstMissed: Number.NaN, lastMissed: Number.NEGATIVE_INFINITY };
      size += 1;
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(viewer));
      return {
        missed: () => {
          if (now() - viewer.lastMissed >= BEHIND_MS) viewer.firstMissed = now();
          viewer.lastMissed = now();
        },
        leave: () => remove(viewer),
      };
    },
  };
}
