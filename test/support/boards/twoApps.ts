import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { vi } from "vitest";
import { describeVisit } from "../../../examples/shop/visitors/describeVisit.ts";
import { playVisit } from "../../../examples/shop/visitors/playVisit.ts";
import { createRandom } from "../../../examples/shop/visitors/random.ts";
import { reportLongTask } from "./longTask.ts";

/** Has metrics of the same names as the shop. */
export const blogCatalog = defineCatalog({
  app: "blog",
  routes: ["/"],
  conversions: { purchase: { help: "Books sold.", from: "server", value: { money: ["USD"] } } },
});

/** The price of a book of the blog, in dollars. */
export const BOOK = 7.5;

export interface Blog {
  readonly origin: string;
  /** Sells so many books. */
  readonly sell: (books: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts a second app with a separate collector. */
export async function startBlog(): Promise<Blog> {
  const collector = createCollector({ catalog: blogCatalog });
  const app = new Hono();
  app.route("/", collector.app);
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  if (!server.listening) await once(server, "listening");
  let sold = 0;
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sell: async (books) => {
      for (const last = sold + books; sold < last; sold += 1)
        await collector.trackConversion("purchase", { id: `book-${sold}`, value: BOOK, currency: "USD" });
    },
    stop: async () => {
      server.close();
      await collector.stop();
    },
  };
}

/** Visitors who are in the shop at once. */
const AT_ONCE = 5;

/** Times faster than people read. */
const PACE = 500;

/** Plays the same visits each time, so that a second time moves the same series as the first. */
export async function playVisits(origin: string, count: number): Promise<void> {
  const random = createRandom(1);
  const visits = Array.from({ length: count }, () => describeVisit(random));
  const { signal } = new AbortController();
  const next = async (): Promise<void> => {
    for (let visit = visits.shift(); visit; visit = visits.shift())
      await playVisit(visit, { origin, signal, pace: PACE });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  // A stream of words, which no visitor asks for.
  await (await fetch(`${origin}/api/advice`)).text();
  // It leaves out long tasks while it is too busy.
  await vi.waitFor(
    async () => {
      if (!(await reportLongTask(origin))) throw new Error("The shop left out a long task.");
    },
    { interval: 1_000, timeout: 100_000 },
  );
}
