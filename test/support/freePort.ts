import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The ports that a test may name. Below those that a system gives to connections and to who asks for any free one (from 32768
 * on Linux, from 49152 elsewhere), so that none of the browsers and servers beside it takes one in the meantime.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** One file for each port that a process has taken, with the id of the process. It is taken over once that has ended. */
const TAKEN = join(tmpdir(), "rumkit-ports");

/**
 * Returns a port that is free now, and that no other test gets while this process lives: the program for it may start
 * later, or start again. For programs that cannot be asked for any free one.
 */
export async function freePort(first = FIRST, last = LAST): Promise<number> {
  mkdirSync(TAKEN, { recursive: true });
  for (;;) {
    const port = randomInt(first, last);
    if (!take(port)) continue;
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

/** Notes that this process has the port. Returns false if a process that is alive has it, this one included. */
function take(port: number): boolean {
  const path = join(TAKEN, `${port}`);
  try {
    writeFileSync(path, `${process.pid}`, { flag: "wx" });
  } catch {
    if (isAlive(path)) return false;
    writeFileSync(path, `${process.pid}`);
  }
  return true;
}

function isAlive(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
