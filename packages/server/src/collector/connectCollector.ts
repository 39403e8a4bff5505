import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { steadyNow } from "../base/steadyNow.ts";
import { createExemplars } from "../exposition/renderSeries.ts";
import { type AnswerRequest, targetOf } from "../http/collectRequest.ts";
import { toHandler } from "../http/honoRequest.ts";
import { createNodeListener } from "../http/nodeListener.ts";
import { createHttpMetrics } from "../instrument/httpMetrics.ts";
import { createNodeHttpMetrics } from "../instrument/nodeHttpMetrics.ts";
import { createTrackers } from "../instrument/trackers.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { type AppRegistry, createRegistry, type MetricRegistry } from "../registry/registry.ts";
import { STREAM_PATH } from "../socket/streamRoute.ts";
import { takeUpgrades } from "../socket/upgradeServer.ts";
import { createCallSender } from "../workers/callSender.ts";
import { createLinkClient, greet, type LinkClient } from "../workers/linkClient.ts";
import { checkSocketPath } from "../workers/linkServer.ts";
import { passBatchesOn } from "../workers/passBatchesOn.ts";
import { passRequestOn, passUpgradeOn } from "../workers/passOn.ts";
import { createSender, type Sender } from "../workers/sender.ts";
import type { Hello } from "../workers/wire.ts";
import { defaultEnvironment } from "./checkOptions.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { type Backend, createBackend } from "./createBackend.ts";
import { createUnreadable } from "./createStore.ts";
import { mountRoutes, type Routes } from "./mountRoutes.ts";
import { describeMetrics } from "./parts.ts";
import { createHiddenWarning, warnOfLink, warnOfTakeOver } from "./warnings.ts";
import { WITHOUT_CATALOG } from "../catalog/names.ts";

/** The options of a worker. All others are those of the collector in its own process. */
export interface ConnectOptions<C extends Catalog, R extends AppRegistry = Registry> extends Pick<
  CollectorOptions<C, R>,
  "catalog" | "environment" | "exceptions" | "registry" | "runtimeMetrics"
> {
  /** The path of the socket on which `serveWorkers` listens. */
  readonly socket: string;
  /** Milliseconds to wait for a collector that has not started yet. Default 10,000. */
  readonly waitMs?: number;
}

/** The path of the route that most requests are for: batches are passed on together. */
const COLLECT = "/collect";

/** Milliseconds that `stop` waits until the last counts have arrived. */
const STOP_MS = 4_000;

/**
 * Connects a worker process with the app's one collector, which runs in another process of the same machine and called
 * `serveWorkers`. The result has the functions of a collector, so an app is the same with one process and with many.
 *
 * The collector answers its routes itself: a worker passes the request on. Calls of server code wait for the collector's
 * journal. What instruments and the app's registry count is sent a tenth of a second and a second later: so much is lost
 * with a worker that is killed.
 *
 * Rejects if no collector answers, or if it belongs to another app. Throws a `CatalogError` as `createCollector` does.
 *
 * @example
 * const collector = await connectCollector({ catalog, socket: "/run/shop/rumkit.sock" });
 * app.use(collector.httpMetrics());
 * app.route("/", collector.app);
 */
export async function connectCollector<const C extends Catalog = Catalog, R extends AppRegistry = Registry>(
  options: ConnectOptions<C, R>,
): Promise<Collector<C, R>> {
  const { socket, waitMs = 10_000 } = options;
  checkSocketPath(socket);
  const client = createLinkClient(socket);
  const hello = await greet(client, socket, waitMs);
  const { app = hello.app } = options.catalog ?? {};
  if (app !== hello.app)
    throw new Error(
      `[rumkit] The collector on ${socket} belongs to the app "${hello.app}", not to "${app}". Give each app a socket.`,
    );
  return createWorker(options, client, hello);
}

function createWorker<C extends Catalog, R extends AppRegistry>(
  options: ConnectOptions<C, R>,
  client: LinkClient,
  hello: Hello,
): Collector<C, R> {
  const catalog: Catalog = options.catalog ?? { ...WITHOUT_CATALOG, app: hello.app };
  const verbose = (options.environment ?? defaultEnvironment(process.env)) === "development";
  const recorder = createRecorder(describeMetrics(catalog), steadyNow);
  const onUnreadable = createUnreadable(recorder);
  const metrics = createWorkerRegistry(options, hello.app, { verbose, onUnreadable });
  const backend = createBackend<C>(options, catalog, { recorder, onUnreadable }, verbose);
  const worker = randomUUID();
  const sender = createSender({
    client,
    worker,
    show: () => backend.show(),
    readAppFamilies: metrics.readAppFamilies,
    onFailure: warnOfLink(options.socket),
  });
  recorder.onCount(sender.listenerOf);
  const collect = passBatchesOn(client);
  const { app, handlers, ran } = mountPassedOn(hello, client, collect);
  const count = createCallSender(client, worker);
  const tracking = { record: recorder.record, now: Date.now, onRejected: backend.onRejected };

  return {
    app,
    fetch: (request, env) => app.fetch(request, env),
    nodeListener: (fetch, listenerOptions = {}) =>
      createNodeListener({ collect, app, fetch }, listenerOptions),
    attachWebSocket: createAttach(options.socket),
    ...createTrackers<C>({ ...tracking, catalog, count }),
    ...backend.instruments.calls,
    httpMetrics: createHttpMetrics(backend.http, { handlers, ran, onHidden: createHiddenWarning() }),
    nodeHttpMetrics: createNodeHttpMetrics(backend.http, catalog),
    registry: metrics.registry,
    drain: () => {},
    stop: createStop({ backend, metrics, sender, client }),
  };
}

/** Mounts the collector's routes. Each passes its requests on. */
function mountPassedOn({ routes }: Hello, client: LinkClient, collect: AnswerRequest): Routes {
  return mountRoutes(
    routes.map((route) => ({
      ...route,
      answer: route.path === COLLECT ? toHandler(collect) : passRequestOn(client, route.path),
    })),
  );
}

interface WorkerParts {
  readonly backend: Pick<Backend<Catalog>, "leave">;
  readonly metrics: Pick<MetricRegistry<AppRegistry>, "handOver" | "release">;
  readonly sender: Pick<Sender, "stop">;
  readonly client: Pick<LinkClient, "close">;
}

/** Returns a function that sends the last counts, and ends the link. */
function createStop({ backend, metrics, sender, client }: WorkerParts): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    backend.leave();
    metrics.handOver();
    await sender.stop(STOP_MS);
    metrics.release();
    client.close();
  };
  return () => (stopped ??= stop());
}

/** The registry of the app's own metrics. The collector's families are not in it: their values are in the collector. */
function createWorkerRegistry<R extends AppRegistry>(
  { registry, runtimeMetrics = true }: Pick<ConnectOptions<Catalog, R>, "registry" | "runtimeMetrics">,
  app: string,
  { verbose, onUnreadable }: { readonly verbose: boolean; readonly onUnreadable: UnreadableListener },
): MetricRegistry<R> {
  return createRegistry<R>({
    app,
    families: [],
    exemplars: createExemplars(Date.now),
    registry,
    runtimeMetrics,
    onTakeOver: verbose ? () => warnOfTakeOver(app) : undefined,
    onUnreadable,
  });
}

function createAttach(socket: string): Collector<Catalog>["attachWebSocket"] {
  const upgrade = passUpgradeOn(socket, STREAM_PATH);
  return (server, { basePath = "" } = {}) => {
    const path = basePath.replace(/\/$/, "") + STREAM_PATH;
    const matches = (request: IncomingMessage): boolean =>
      [path, `${path}/`].includes(targetOf(request).split("?", 1)[0]!);
    return takeUpgrades(server, { matches, upgrade });
  };
}
