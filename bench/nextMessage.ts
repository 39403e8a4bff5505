import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The next message of a program; an error where it ends without one, so that nothing waits for ever. */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const stop = new AbortController();
  const ended = once(child, "exit", { signal: stop.signal }).then(([code]) => {
    throw new Error(`[bench] ${child.spawnargs.slice(1).join(" ")} ended with code ${code} and no answer.`);
  });
  try {
    const [message] = (await Promise.race([once(child, "message", { signal: stop.signal }), ended])) as [
      Message,
    ];
    return message;
  } finally {
    ended.catch(() => {});
    stop.abort();
  }
}
