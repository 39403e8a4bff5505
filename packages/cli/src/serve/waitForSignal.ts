/** The number that a shell adds to 128 for a program that a signal ended (signal(7)). */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Resolves at the first SIGTERM, SIGINT or SIGHUP, or when `ordered` does; a second signal ends the process at once. A
 * worker of the supervisor ignores SIGINT and SIGHUP: Ctrl-C and a terminal that is closed reach the supervisor as well,
 * which then asks the worker to shut down.
 */
export function waitForSignal(ordered?: Promise<unknown>): Promise<void> {
  const ofTerminal = ["SIGINT", "SIGHUP"] as const;
  const signals = ordered ? (["SIGTERM"] as const) : (["SIGTERM", ...ofTerminal] as const);
  if (ordered) for (const signal of ofTerminal) process.on(signal, () => {});
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
