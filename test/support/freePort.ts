import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * The ports that a test may name. Below those that a system gives to connections and to who asks for any free one (from 32768
 * on Linux, from 49152 elsewhere), so that none of the browsers and servers beside it takes one in the meantime.
 */
const FIRST = 20_000;
const LAST = 32_000;

/** A port that was free a moment ago: for programs that cannot be asked for any free one. */
export async function freePort(): Promise<number> {
  for (;;) {
    // By chance, since the tests of other workers choose, too.
    const port = randomInt(FIRST, LAST);
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
