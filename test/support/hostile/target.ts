/** The built collector in a separate process, and the actions of a stranger over raw sockets. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Scrape, scrape } from "../scrape.ts";
import type { Leaving } from "./hostileCase.ts";

/** The collector's metrics about itself: the outcome of every event and batch. */
export const OWN_COUNTS = /^rum_(events|batches|conversions_without_amount)_/;

/** A line of a warning about a refused origin, or the hint that Node.js adds to its first warning. */
const EXPECTED_WARNING = /\[RUMKIT_ORIGIN_DENIED\]|^\(Use `node --trace-warnings/;

/** The memory of the collector's process, in bytes. */
interface Memory {
  /** With what V8 keeps for later. */
  readonly rss: number;
  /** In use after a collection. */
  readonly used: number;
}

export interface Answered {
  /** undefined where the connection closed without an answer. */
  readonly status: number | undefined;
  readonly head: string;
  readonly body: string;
  /** Until the first byte of the answer came. */
  readonly milliseconds: number;
}

export interface Target {
  readonly port: number;
  /** The errors that the collector printed: none, whatever it is sent. */
  readonly errors: readonly string[];
  totals(): Promise<Scrape>;
  readMemory(): Promise<Memory>;
  /** Writes bytes and reads what comes until the server closes, or until the sender leaves. */
  exchange(bytes: Buffer, leaves?: Leaving): Promise<Answered>;
  open(): Socket;
  stop(): void;
}

/** Milliseconds of silence that only end what would never end: the collector answers or closes before, also on a busy machine. */
const SILENCE_MS = 100_000;

/** @param env Variables of the process: see `serveHostile.ts`. */
export async function startTarget(env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const server = fork(join(import.meta.dirname, "serveHostile.ts"), {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, ...env },
    // The bounds of `rumkit serve`; what it takes otherwise is Node\'s choice.
    execArgv: ["--expose-gc", "--max-semi-space-size=8", "--heap-growing-percent=80"],
  });
  const errors: string[] = [];
  // By lines: a chunk may end amid one.
  createInterface({ input: server.stderr! }).on("line", (line) => {
    // That an origin is refused is said once, to the team that may have forgotten to list it.
    if (line !== "" && !EXPECTED_WARNING.test(line)) errors.push(line);
  });
  const [{ port }] = (await once(server, "message")) as [{ port: number }];

  const open = (): Socket => connect(port, "127.0.0.1").on("error", () => {});
  return {
    port,
    errors,
    open,
    totals: () => scrape({ request: (path) => fetch(`http://127.0.0.1:${port}${path}`) }),
    readMemory: async () => {
      server.send("memory");
      const [memory] = (await once(server, "message")) as [Memory];
      return memory;
    },
    exchange: async (bytes, leaves) => {
      const start = performance.now();
      let milliseconds = NaN;
      let answer = "";
      const socket = open();
      socket.setTimeout(SILENCE_MS, () => socket.destroy());
      socket.on("data", (chunk: Buffer) => {
        if (answer === "") milliseconds = performance.now() - start;
        answer += chunk.toString("latin1");
      });
      socket.write(bytes, () => {
        if (leaves === "ends") socket.end();
        if (leaves === "closes") socket.destroy();
        if (leaves === "resets") socket.resetAndDestroy();
      });
      await new Promise((resolve) => socket.once("close", resolve));
      const [head = "", body = ""] = answer.split("\r\n\r\n", 2);
      return { status: answer === "" ? undefined : Number(head.slice(9, 12)), head, body, milliseconds };
    },
    stop: () => server.disconnect(),
  };
}
