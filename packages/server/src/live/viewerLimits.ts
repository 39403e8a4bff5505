/** Maximum streams in total. If all of them are stalled, 64 MiB wait for them. */
const MAX_VIEWERS = 1_000;

/** Maximum streams of one address. An office behind one address has dozens of screens, not hundreds. */
const MAX_VIEWERS_PER_ADDRESS = 50;

/** Milliseconds of missed frames after which a viewer can lose its place to a new one. */
const BEHIND_MS = 10_000;

/** The place of a viewer. */
interface ViewerPlace {
  /** Call it when the viewer missed a frame because it reads too slowly. */
  missed(): void;
  /** Gives the place back. Safe to call twice. */
  leave(): void;
}

/** Limits open streams, so that no client can occupy all of them, whether it reads or not. */
export interface ViewerLimits {
  readonly size: number;
  /**
   * Takes a place. If none is free, cuts off the viewer that has missed frames longest, for at least ten seconds: one
   * of the same address if it has 50 streams, else any. Returns undefined if there is no such viewer.
   *
   * @param cut Ends the viewer's stream.
   */
  enter(address: string, cut: () => void): ViewerPlace | undefined;
}

interface Viewer {
  readonly address: string;
  readonly cut: () => void;
  /** The time of the first missed frame. Ten seconds without a missed frame reset it. */
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
  const makeRoom = (viewers: readonly Viewer[]): boolean => {
    const [slowest] = viewers
      .filter((viewer) => isBehind(viewer, now()))
      .toSorted((a, b) => a.firstMissed - b.firstMissed);
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
      const viewer = createViewer(address, cut);
      size += 1;
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(viewer));
      return { missed: () => miss(viewer, now()), leave: () => remove(viewer) };
    },
  };
}

function createViewer(address: string, cut: () => void): Viewer {
  return { address, cut, firstMissed: Number.NaN, lastMissed: Number.NEGATIVE_INFINITY };
}

function miss(viewer: Viewer, at: number): void {
  if (at - viewer.lastMissed >= BEHIND_MS) viewer.firstMissed = at;
  viewer.lastMissed = at;
}

function isBehind({ firstMissed, lastMissed }: Viewer, at: number): boolean {
  return at - lastMissed < BEHIND_MS && at - firstMissed >= BEHIND_MS;
}
