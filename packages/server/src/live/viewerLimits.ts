/** Maximum streams in total. If all of them are stalled, 64 MiB wait for them. */
const MAX_VIEWERS = 1_000;

/** Maximum streams of one address. An office behind one address has dozens of screens, not hundreds. */
const MAX_VIEWERS_PER_ADDRESS = 50;

/** Maximum streams with one token: four offices. A token that leaked cannot occupy all places. */
const MAX_VIEWERS_PER_TOKEN = 200;

/** Milliseconds of missed frames after which a viewer can lose its place to a new one. */
const BEHIND_MS = 10_000;

/** The identity by which a viewer is limited. */
export interface ViewerIdentity {
  /** The client's address, also behind trusted proxies. */
  readonly address: string;
  /** The token that it sent. Default: it sent none. */
  readonly token?: string | undefined;
  /** The end of the link that opened the stream: Unix milliseconds. Default: it has no end. */
  readonly until?: number | undefined;
}

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
   * of the same address if it has 50 streams, of the same token if it has 200, else any. Returns undefined if there is no
   * such viewer.
   *
   * @param cut Ends the viewer's stream.
   */
  enter(identity: ViewerIdentity, cut: () => void): ViewerPlace | undefined;
  /**
   * Cuts off the viewers whose links have ended.
   *
   * @param now Unix milliseconds.
   * @param isEnded True for the token of a link that a person ended before its time.
   */
  endLinks(now: number, isEnded: (token: string) => boolean): void;
}

interface Viewer extends ViewerIdentity {
  readonly cut: () => void;
  /** The time of the first missed frame. Ten seconds without a missed frame reset it. */
  firstMissed: number;
  lastMissed: number;
}

const NOTHING_MISSED = { firstMissed: Number.NaN, lastMissed: Number.NEGATIVE_INFINITY };

/** @param now The clock, in milliseconds. */
export function createViewerLimits(now: () => number): ViewerLimits {
  const { all, byAddress, byToken, add, remove } = createViewers();
  const cutOff = (viewer: Viewer): void => {
    remove(viewer);
    viewer.cut();
  };
  const makeRoom = (viewers: Iterable<Viewer>): boolean => {
    const slowest = slowestOf(viewers, now());
    if (slowest) cutOff(slowest);
    return slowest !== undefined;
  };
  const hasRoom = ({ address, token }: ViewerIdentity): boolean =>
    byAddress.hasRoom(address, makeRoom) &&
    byToken.hasRoom(token, makeRoom) &&
    (all.size < MAX_VIEWERS || makeRoom(all));
  const admit = (viewer: Viewer): ViewerPlace => {
    add(viewer);
    return { missed: () => miss(viewer, now()), leave: () => remove(viewer) };
  };

  return {
    get size() {
      return all.size;
    },
    enter: (identity, cut) =>
      hasRoom(identity) ? admit({ ...identity, cut, ...NOTHING_MISSED }) : undefined,
    endLinks: (at, isEnded) => {
      for (const viewer of all) {
        const { token = "", until } = viewer;
        if (until !== undefined && (at >= until || isEnded(token))) cutOff(viewer);
      }
    },
  };
}

/** The viewers that have a place, and those among them that share an address or a token. */
function createViewers() {
  const all = new Set<Viewer>();
  const byAddress = createGroups(MAX_VIEWERS_PER_ADDRESS);
  const byToken = createGroups(MAX_VIEWERS_PER_TOKEN);
  return {
    all,
    byAddress,
    byToken,
    add: (viewer: Viewer): void => {
      all.add(viewer);
      byAddress.add(viewer.address, viewer);
      byToken.add(viewer.token, viewer);
    },
    remove: (viewer: Viewer): void => {
      if (!all.delete(viewer)) return;
      byAddress.remove(viewer.address, viewer);
      byToken.remove(viewer.token, viewer);
    },
  };
}

/** Returns the viewer that has missed frames longest; undefined if none has for ten seconds. */
function slowestOf(viewers: Iterable<Viewer>, at: number): Viewer | undefined {
  const [slowest] = [...viewers]
    .filter((viewer) => isBehind(viewer, at))
    .toSorted((a, b) => a.firstMissed - b.firstMissed);
  return slowest;
}

/** Viewers by their address or token. Those without one are not limited. */
function createGroups(most: number) {
  const groups = new Map<string, Set<Viewer>>();
  return {
    /** Returns true if a group has room, or if `makeRoom` can make some among its viewers. */
    hasRoom: (key: string | undefined, makeRoom: (viewers: ReadonlySet<Viewer>) => boolean): boolean => {
      const group = key === undefined ? undefined : groups.get(key);
      return !group || group.size < most || makeRoom(group);
    },
    add: (key: string | undefined, viewer: Viewer): void => {
      if (key !== undefined) groups.set(key, (groups.get(key) ?? new Set()).add(viewer));
    },
    remove: (key: string | undefined, viewer: Viewer): void => {
      const group = key === undefined ? undefined : groups.get(key);
      if (group?.delete(viewer) && group.size === 0) groups.delete(key!);
    },
  };
}

function miss(viewer: Viewer, at: number): void {
  if (at - viewer.lastMissed >= BEHIND_MS) viewer.firstMissed = at;
  viewer.lastMissed = at;
}

function isBehind({ firstMissed, lastMissed }: Viewer, at: number): boolean {
  return at - lastMissed < BEHIND_MS && at - firstMissed >= BEHIND_MS;
}
