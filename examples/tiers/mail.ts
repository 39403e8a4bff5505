import type { Collector } from "@rumkit/server";
import type { catalog } from "./catalog.ts";

export interface Mail {
  /** Puts a letter into the queue. */
  readonly send: (address: string) => void;
}

/** Letters that wait; further ones are not written. */
const MAX_WAITING = 1_000;

/** Letters to new accounts, which are pretended: one after the other, behind the request. */
export function createMail(collector: Pick<Collector<typeof catalog>, "trackJob" | "trackQueue">): Mail {
  const waiting: string[] = [];
  let isWriting = false;
  collector.trackQueue("mail", () => waiting.length);
  // In code that a compiler reads, this is `@tracked("welcome_mail")` on a method. Node itself runs no decorators, and a
  // function around a function is the same.
  const write = collector.trackJob("welcome_mail", async (address: string) => `Welcome, ${address}!`);
  return {
    send: (address) => {
      if (waiting.length < MAX_WAITING) waiting.push(address);
      if (!isWriting) void writeAll();
    },
  };

  async function writeAll(): Promise<void> {
    isWriting = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await write(next);
    isWriting = false;
  }
}
