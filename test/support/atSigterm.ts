/** Runs a function at the first SIGTERM. A test may send it again meanwhile, which would end a process without a listener at once. */
export function atSigterm(stop: () => void): void {
  process.once("SIGTERM", stop);
  process.on("SIGTERM", () => {});
}
