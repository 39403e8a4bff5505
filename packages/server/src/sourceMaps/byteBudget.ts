/** A number of bytes that several users share. */
export interface ByteBudget {
  /**
   * Waits until the given number of bytes is free. Resolves with a function that releases them. A request above the
   * whole budget waits until all bytes are free.
   */
  take(bytes: number): Promise<() => void>;
}

/** Creates a budget of `most` bytes, granted in the order of the requests. */
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
