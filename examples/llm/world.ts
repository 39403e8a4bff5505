import { serveStatic } from "@hono/node-server/serve-static";
import type { ReportingClient } from "@rumkit/client";
import type { Collector } from "@rumkit/server";
import { Hono } from "hono";
import { createApi } from "./api.ts";
import type { catalog } from "./catalog.ts";
import { createFaults } from "./faults.ts";
import { type Pause, realPause, ServerStopping } from "./generate.ts";
import { createMeter } from "./meter.ts";
import { createPromptCache } from "./promptCache.ts";
import { createQueue, type QueueLimits } from "./queue.ts";
import { createReports } from "./reports/createReports.ts";

export interface WorldOptions extends Partial<QueueLimits> {
  readonly collector: Collector<typeof catalog>;
  /** Reports tokens and costs. */
  readonly client: Pick<ReportingClient, "increment">;
  /** Default 1. */
  readonly seed?: number;
  /** The share of answers that fail, 0 to 1. Default 0. */
  readonly faultRate?: number;
  /** Default the real clock. */
  readonly pause?: Pause;
}

export interface World {
  readonly app: Hono;
  /** Refuses new requests. */
  readonly drain: () => void;
  /** Ends the answers that are on their way. */
  readonly close: () => void;
  /** Requests that wait or are answered. */
  readonly busy: () => number;
}

/** Requests that are answered at a time, and that may wait. */
export const DEFAULT_LIMITS: QueueLimits = { slots: 6, places: 12 };

/** The page may load its own files, and a WebSocket to where it came from. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Creates the API, its page, its exports and the collector's routes as one app. */
export function createWorld(options: WorldOptions): World {
  const { collector, client, seed = 1, faultRate = 0, pause = realPause } = options;
  const { slots, places } = { ...DEFAULT_LIMITS, ...options };
  const queue = createQueue({ slots, places });
  const [draining, closing] = [new AbortController(), new AbortController()];
  const ending = { draining: draining.signal, closing: closing.signal };
  collector.trackQueue("generation", () => queue.waiting);

  const app = new Hono();
  app.route(
    "/",
    createApi({
      collector,
      queue,
      ending,
      pause,
      seed,
      cache: createPromptCache(),
      meter: createMeter(client),
      nextFault: createFaults(faultRate, seed),
    }),
  );
  app.route("/", createReports({ collector, queue, places, draining: ending.draining }));
  app.route("/", collector.app);
  const page = new Hono();
  page.use(async (c, next) => {
    await next();
    c.header("content-security-policy", POLICY);
    c.header("x-content-type-options", "nosniff");
  });
  page.use(serveStatic({ root: `${import.meta.dirname}/page` }));
  app.route("/", page);
  return {
    app,
    drain: () => draining.abort(),
    close: () => closing.abort(new ServerStopping("The server stops.")),
    busy: () => queue.waiting + queue.running,
  };
}
