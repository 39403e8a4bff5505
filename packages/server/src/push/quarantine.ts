/** Milliseconds for which a refused series is left out: it is refused again most likely, and each search costs requests. */
const LEFT_OUT_MS = 600_000;

/** Maximum series that are left out: if more are refused, the receiver refuses everything. */
const MAX_LEFT_OUT = 1_000;

/** Series that the receiver refuses, and that are left out for a while. */
export interface Quarantine {
  add(id: string): void;
  has(id: string): boolean;
}

export function createQuarantine(now: () => number): Quarantine {
  const until = new Map<string, number>();
  return {
    add: (id) => {
      if (until.size >= MAX_LEFT_OUT) until.clear();
      until.set(id, now() + LEFT_OUT_MS);
    },
    has: (id) => {
      const end = until.get(id);
      if (end === undefined) return false;
      if (now() < end) return true;
      until.delete(id);
      return false;
    },
  };
}
