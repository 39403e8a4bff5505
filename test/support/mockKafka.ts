import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The mock cluster of librdkafka, inside `kcat`: brokers that keep everything in memory, up to 5 MB a partition. */
export interface MockKafka {
  /** For `openBroker`. */
  readonly url: string;
  /** `SIGSTOP` makes it hang. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends it with SIGKILL: everything is lost. */
  readonly stop: () => Promise<void>;
}

/** @param brokers Default 1. */
export async function startMockKafka(brokers = 1): Promise<MockKafka> {
  const settings = ["-X", `test.mock.num.brokers=${brokers}`, "-d", "mock"];
  // It lives as long as its input is open.
  const kcat = spawn(process.env["KCAT_PATH"] ?? "kcat", ["-P", "-b", "mock", "-t", "rumkit", ...settings], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const list = await bootstrapOf(kcat);
  return {
    url: `kafka://${list}`,
    signal: (name) => {
      kcat.kill(name);
      if (name === "SIGSTOP") untilStopped(kcat.pid!);
    },
    stop: async () => {
      if (kcat.exitCode !== null || kcat.signalCode !== null) return;
      const ended = once(kcat, "exit");
      kcat.kill("SIGKILL");
      await ended;
    },
  };
}

/** Returns when all threads of a process have stopped: some may run on for milliseconds. On Linux; elsewhere at once. */
function untilStopped(pid: number): void {
  const folder = `/proc/${pid}/task`;
  if (!existsSync(folder)) return;
  const isRunning = (thread: string): boolean =>
    !/\) [TtZX] /.test(readFileSync(`${folder}/${thread}/stat`, "latin1"));
  while (readdirSync(folder).some(isRunning));
}

/** Returns the addresses of the brokers, which it logs. Reads on: a full pipe would make it wait. */
function bootstrapOf(kcat: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    kcat.stderr!.on("data", (chunk: Buffer) => {
      if (output.length < 65_536) output += chunk.toString();
      const list = /bootstrap\.servers=(\S+)\n/.exec(output)?.[1];
      if (list !== undefined) resolve(list);
    });
    kcat.once("error", reject);
    kcat.once("exit", (code) => reject(new Error(`kcat ended with ${code}:\n${output}`)));
  });
}
