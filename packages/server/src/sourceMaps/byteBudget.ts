/** Bytes that several may take at a time. */
export interface ByteBudget {
  /** Resolves with what gives them back, once so many are free; also where it is more than there are, and none is taken. */
  take(bytes: number): Promise<() => void>;
}

/** A budget of so many bytes, given out in the order in which they are asked for. */
export function createByteBudget(most: number): ByteBudget {
  const waiting: { readonly bytes: number; readonly start: () => void }[] = [];
  let taken = 0;

  const startNext = (): void => {
    for (let [next] = waiting; next && (taken === 0 || taken + next.bytes <= most); [next] = waiting) {
      waiting.shift();
      taken += next.bytes;
      next.start();
    }
  };
  return {
    take: async (bytes) => {
      await new Promise<void>((start) => {
        waiting.push({ bytes, start });
        startNext();
      });
      return () => {
        taken -= bytes;
        startNext();
      };
    },
  };
}
