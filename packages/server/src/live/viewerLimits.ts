/** Streams at most, in all: if every one is stalled, 64 MiB wait for them. */
const MAX_VIEWERS = 1_000;

/** Streams of one address at most. An office behind one address has dozens of screens, not hundreds. */
const MAX_VIEWERS_PER_ADDRESS = 50;

/** Counts open streams, so that nobody can take them all. */
export interface ViewerLimits {
  readonly size: number;
  /** Takes a place, and returns how to give it back; undefined where there is none left. */
  enter(address: string): (() => void) | undefined;
}

export function createViewerLimits(): ViewerLimits {
  const byAddress = new Map<string, number>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    enter: (address) => {
      const taken = byAddress.get(address) ?? 0;
      if (size >= MAX_VIEWERS || taken >= MAX_VIEWERS_PER_ADDRESS) return undefined;
      size += 1;
      byAddress.set(address, taken + 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        size -= 1;
        const remaining = (byAddress.get(address) ?? 1) - 1;
        if (remaining > 0) byAddress.set(address, remaining);
        else byAddress.delete(address);
      };
    },
  };
}
