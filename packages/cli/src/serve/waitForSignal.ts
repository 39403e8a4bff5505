/** The numbers that a shell adds to 128 for a program that a signal ended (signal(7)). */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGUSR2: 12, SIGTERM: 15, SIGBREAK: 21 } as const;

type StopSignal = keyof typeof NUMBERS;

/**
 * Returns the signals that ask a server to end, each of which ends Node at once by default: SIGTERM (Docker, Kubernetes,
 * systemd), SIGINT, SIGQUIT, SIGBREAK and SIGHUP (a terminal), SIGQUIT (images with that STOPSIGNAL), SIGUSR2
 * (nodemon). SIGUSR2 and SIGQUIT stay with what listens to them already, such as `--report-on-signal`.
 */
export function stopSignals(): StopSignal[] {
  return (Object.keys(NUMBERS) as StopSignal[]).filter(
    (signal) => !["SIGQUIT", "SIGUSR2"].includes(signal) || process.listenerCount(signal) === 0,
  );
}

/**
 * Resolves at the first signal that asks a server to end, or when `ordered` does; a second signal ends the process at once.
 * A worker of the supervisor ignores all of them but SIGTERM: Ctrl-C, a terminal that is closed and nodemon reach the
 * supervisor as well, which then asks the worker to shut down.
 */
export function waitForSignal(ordered?: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    let isAsked = false;
    void ordered?.then(() => resolve());
    for (const signal of stopSignals()) {
      process.on(signal, () => {
        if (ordered && signal !== "SIGTERM") return;
        if (isAsked) process.exit(128 + NUMBERS[signal]);
        isAsked = true;
        resolve();
      });
    }
  });
}
