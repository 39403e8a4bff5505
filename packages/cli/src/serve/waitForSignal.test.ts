import { expect, onTestFinished, test } from "vitest";
import { waitForSignal } from "./waitForSignal.ts";

const SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2", "SIGBREAK"] as const;

/** Waits as a server does; the listeners are gone after the test. */
function start(ordered?: Promise<unknown>) {
  const before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
  const state = { isOver: false };
  void waitForSignal(ordered).then(() => (state.isOver = true));
  const added = (signal: (typeof SIGNALS)[number]) =>
    process.listeners(signal).filter((listener) => !before.get(signal)!.includes(listener));
  onTestFinished(() => {
    for (const signal of SIGNALS) for (const listener of added(signal)) process.off(signal, listener);
  });
  const send = async (signal: (typeof SIGNALS)[number]): Promise<boolean> => {
    expect(added(signal)).toHaveLength(1);
    added(signal)[0]!(signal);
    await Promise.resolve();
    await Promise.resolve();
    return state.isOver;
  };
  return { send };
}

test.each(SIGNALS)("%s ends a server in order", async (signal) => {
  expect(await start().send(signal)).toBe(true);
});

test("a worker of the supervisor waits for its word: what a terminal sends goes to both", async () => {
  const { send } = start(new Promise(() => {}));
  for (const signal of SIGNALS.filter((one) => one !== "SIGTERM")) expect(await send(signal)).toBe(false);
  expect(await send("SIGTERM")).toBe(true);
});

test("SIGUSR2 stays with what listens to it already, such as a diagnostic report", () => {
  const report = (): void => {};
  process.on("SIGUSR2", report);
  onTestFinished(() => void process.off("SIGUSR2", report));
  start();
  expect(process.listeners("SIGUSR2")).toEqual([report]);
});
