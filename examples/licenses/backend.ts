import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { catalog, refusals } from "./catalog.ts";
import { type Asker, createCounts } from "./counts.ts";
import { observePools } from "./observePools.ts";
import type { Pools } from "./pools.ts";
import { type Deployment, releases } from "./release.ts";
import { readBorrowRequest, readReturnRequest } from "./requests.ts";
import { CURRENCY, isToolName, toolNames, tools } from "./tools.ts";

export interface BackendOptions {
  readonly collector: Collector<typeof catalog>;
  readonly pools: Pools;
  /** Default: the first release, for good. */
  readonly deployment?: Deployment;
}

type Refusal = (typeof refusals)[number];

/** The longest honest body has two names: well under 1 KiB. */
const MAX_BODY_BYTES = 4_096;

/** The license server: a Hono app to mount at the root. Bad input is answered with 4xx and a sentence. */
export function createBackend({
  collector,
  pools,
  deployment = { current: releases.first },
}: BackendOptions) {
  const app = new Hono();
  const counts = createCounts(collector, pools);
  observePools(collector, pools);

  app.use(collector.httpMetrics());
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "The body is too large.", 413) }));

  app.get("/licenses", (c) => c.json({ currency: CURRENCY, tools: pools.status() }));

  app.get("/licenses/lent", (c) => {
    const { tool = "", user = "" } = c.req.query();
    return c.json({ borrows: pools.lent({ tool, user }) });
  });

  app.post("/licenses/borrow", async (c) => {
    const start = performance.now();
    const request = readBorrowRequest(await readJson(c));
    if (typeof request === "string") return await turnAway(c, { tool: "unknown" }, "bad_body", request);
    const { tool, user } = request;
    if (!isToolName(tool)) {
      const sentence = `The tools are ${toolNames.join(", ")}.`;
      return await turnAway(c, { tool: "unknown", user }, "unknown_tool", sentence);
    }
    const borrow = pools.borrow({ ...request, tool });
    if (typeof borrow === "string") return await turnAway(c, { tool, user }, borrow, SENTENCES[borrow]);
    await Promise.all([counts.attempt({ tool, user }), counts.borrowed(borrow)]);
    await collector.measure("borrow_duration", (performance.now() - start) / 1_000, { tool });
    const { id, isOverage } = borrow;
    return c.json({ id, tool, user, isOverage, overagePrice: isOverage ? tools[tool].overagePrice : 0 });
  });

  app.post("/licenses/return", async (c) => {
    const request = readReturnRequest(await readJson(c));
    if (typeof request === "string") return refuse(c, request, 400);
    const back = pools.takeBack(request.id);
    if (!back) return refuse(c, "No license is lent under this id.", 404);
    await counts.returned(back);
    return c.json({ id: back.id, tool: back.tool, user: back.user });
  });

  app.get("/licenses/forecast", (c) => {
    if (!deployment.current.hasForecast) return refuse(c, "This release has no forecast.", 404);
    throw new Error("The forecast has no data of the last 30 days.");
  });

  // Broken on purpose, to be seen on the live page.
  app.get("/faulty", () => {
    throw new Error("This endpoint always fails.");
  });

  app.get("/version", (c) => c.json({ release: deployment.current.name }));

  app.onError((error, c) => {
    collector.trackError(error);
    return refuse(c, "The license server has made a mistake.", 500);
  });

  return app;

  /** Counts a refused request and answers it: 400 for what no pool could ever answer, else 409. */
  async function turnAway(c: Context, by: Asker, reason: Refusal, error: string) {
    await Promise.all([counts.attempt(by), counts.refused(by, reason)]);
    return c.json({ error, reason }, by.tool === "unknown" ? 400 : 409);
  }
}

const SENTENCES = {
  pool_exhausted: "All licenses of this tool are lent.",
  max_overage: "The contract allows no further license of this tool.",
};

/** The body as JSON; undefined for anything else. */
async function readJson(c: Context): Promise<unknown> {
  return await c.req.json<unknown>().catch(() => undefined);
}

function refuse(c: Context, error: string, status: 400 | 404 | 413 | 500) {
  return c.json({ error }, status);
}
