import { spawn } from "node:child_process";
import type { EffectiveConfig } from "./configSchema.ts";

/** Where a configuration listens. */
export type Address = Pick<EffectiveConfig, "host" | "port">;

export interface CheckOptions {
  /** The command line of a worker. */
  readonly args: readonly string[];
  /** Where the supervisor listens. */
  readonly address: Address;
  readonly say: (sentence: string) => void;
  /** Ends the check. */
  readonly signal: AbortSignal;
}

/**
 * Whether a worker with this command line would start: its configuration, its catalog and its journal are read anew, by
 * a process like it. Says why not, and that an address has changed: the socket is the supervisor's. Never rejects.
 */
export async function checkWorker({ args, address, say, signal }: CheckOptions): Promise<boolean> {
  let found: Address | undefined;
  const isGood = await new Promise<boolean>((resolve) => {
    const fail = (error: Error): void => {
      if (!signal.aborted) say(`The check could not be started: ${error.message}.`);
      resolve(false);
    };
    try {
      const command = [...process.execArgv, process.argv[1]!, "serve", ...args, "--check"];
      spawn(process.execPath, command, { stdio: ["ignore", "ignore", "inherit", "ipc"], signal })
        .on("message", (message) => {
          found = message as Address;
        })
        .once("exit", (code) => resolve(code === 0))
        .once("error", fail);
    } catch (error) {
      // Some errors of the system are events, others are thrown.
      fail(error as Error);
    }
  });
  if (isGood && found) sayAddress(found, address, say);
  return isGood;
}

function sayAddress(found: Address, { host, port }: Address, say: CheckOptions["say"]): void {
  if (found.host === host && found.port === port) return;
  say(
    `It goes on listening on ${host}, port ${port}: ${found.host}, port ${found.port} takes a restart of the supervisor.`,
  );
}

/** Tells a supervisor that asked for the check where its configuration listens. */
export function tellAddress({ host, port }: Address): void {
  process.send?.({ host, port } satisfies Address);
  if (process.connected) process.disconnect();
}
