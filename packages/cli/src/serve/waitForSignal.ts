/** The number that a shell adds to 128 for a program that a signal ended (signal(7)). */
const NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Resolves at the first SIGTERM or SIGINT, or when `ordered` does; a second signal ends the process at once. A worker
 * of the supervisor ignores SIGINT: Ctrl-C reaches the supervisor as well, which then asks the worker to shut down.
 */
export function waitForSignal(ordered?: Promise<unknown>): Promise<void> {
  const signals = ordered ? (["SIGTERM"] as const) : (["SIGTERM", "SIGINT"] as const);
  if (ordered) process.on("SIGINT", () => {});
  return new Promise((resolve) => {
    let isAsked = false;
    void ordered?.then(() => resolve());
    for (const signal of signals) {
      process.on(signal, () => {
        if (isAsked) process.exit(128 + NUMBERS[signal]);
        isAsked = true;
        resolve();
      });
    }
  });
}
