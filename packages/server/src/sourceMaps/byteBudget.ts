/** A number of bytes that several users share. */
export interface ByteBudget {
  /**
   * Waits until so many bytes are free. Resolves with a function that gives them back. For more bytes than the whole
   * budget, it waits until all are free.
   */
  take(bytes: number): Promise<() => void>;
}

/** Creates a budget of so many bytes, granted in the order of the requests. */
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
