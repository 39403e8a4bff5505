import { spawn } from "node:child_process";
import type { EffectiveConfig } from "./settings.ts";

/** The address of a configuration. */
export type Address = Pick<EffectiveConfig, "host" | "port">;

export interface CheckOptions {
  /** The command line of a worker. */
  readonly args: readonly string[];
  /** The address of the supervisor. */
  readonly address: Address;
  readonly say: (sentence: string) => void;
  /** Ends the check. */
  readonly signal: AbortSignal;
}

/**
 * Resolves with true if a worker with this command line would start: a new process reads its configuration, its
 * catalog and its journal. Reports the reason if it would not, and a changed address, because the supervisor owns the
 * socket. Never rejects.
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
      // Some system errors are emitted as events, others are thrown.
      fail(error as Error);
    }
  });
  if (isGood && found) warnOfAddress(found, address, say);
  return isGood;
}

function warnOfAddress(found: Address, { host, port }: Address, say: CheckOptions["say"]): void {
  if (found.host === host && found.port === port) return;
  say(
    `It goes on listening on ${host}, port ${port}: ${found.host}, port ${found.port} takes a restart of the supervisor.`,
  );
}

/** Sends the address of the configuration to the supervisor that asked for the check. */
export function sendAddress({ host, port }: Address): void {
  process.send?.({ host, port } satisfies Address);
  if (process.connected) process.disconnect();
}
