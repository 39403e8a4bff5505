import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";

/** A virtual screen, for browsers that have no headless mode. */
export interface Display {
  /** The value of `DISPLAY`: `:1`. */
  readonly name: string;
  close(): Promise<void>;
}

/** Starts Xvfb on a free number. Not by `xvfb-run`: it is a script that ends without its children. */
export async function startDisplay(): Promise<Display> {
  // Xvfb writes the number that it took to the fourth file.
  const xvfb = spawn(
    process.env["XVFB_PATH"] ?? "Xvfb",
    ["-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const number = await Promise.race([
    once(xvfb.stdio[3] as Readable, "data").then(([bytes]) => String(bytes).trim()),
    once(xvfb, "exit").then(([code]) => Promise.reject(new Error(`Xvfb ended with ${code}.`))),
  ]);
  return { name: `:${number}`, close: () => end(xvfb) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
