import { type Catalog, JOBS_IN_FLIGHT, type LiveAlertState } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import { createNameOf, createOpens } from "../access/guard.ts";
import type { LiveLinks } from "../access/liveLinks.ts";
import { createPendingWork, type PendingWork } from "../base/pendingWork.ts";
import { createForwardedHost, createSenderOf } from "../http/clientAddress.ts";
import { createRequestOrigin } from "../http/corsOrigin.ts";
import type { JobsInFlight } from "../instrument/jobsInFlight.ts";
import { type Count, createCount } from "../journal/count.ts";
import { watchJournal } from "../journal/journalMetrics.ts";
import type { RecordSample } from "../metrics/sample.ts";
import { createViewerLimits, type ViewerLimits } from "../live/viewerLimits.ts";
import { createSeenTap, type SeenTap } from "../merge/seenTap.ts";
import type { BasePaths } from "../part/basePaths.ts";
import type { Part, PartContext, PartRoute } from "../part/part.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { createAdmission } from "../socket/admission.ts";
import { createSocket } from "../socket/createSocket.ts";
import { answerPlainRequest, STREAM_PATH } from "../socket/streamRoute.ts";
import { type AttachWebSocket, createUpgrades } from "../socket/upgrades.ts";
import { createProcesses, type Processes } from "../workers/processes.ts";
import { steadyNow } from "../base/steadyNow.ts";
import type { CollectorOptions } from "./collector.ts";
import { createAlertsPart } from "./createAlertsPart.ts";
import { createClusterPart } from "./createClusterPart.ts";
import { startEdge } from "./createEdgePart.ts";
import { optionsOfRole, routesOfRole } from "./rolesBehind.ts";
import { createPushPart } from "./createPushPart.ts";
import { createIntake, type Intake } from "./createIntake.ts";
import { type Backend, createBackend } from "./createBackend.ts";
import { createDashboard, type Dashboard } from "./createDashboard.ts";
import { createScrapes, createStore, type Store } from "./createStore.ts";
import { createEnding, createPulse, type Ending, type Pulse } from "./lifetime.ts";
import { type PartOptions, PARTS } from "./parts.ts";
import { createJournalWarning } from "./warnings.ts";

/** The running parts of a collector that its own functions use, and what all parts share. */
export interface Parts<C extends Catalog, R extends AppRegistry> {
  readonly store: Store<R>;
  readonly dashboard: Dashboard;
  readonly backend: Backend<C>;
  readonly intake: Intake;
  readonly socket: SocketPart;
  readonly routes: readonly PartRoute[];
  readonly count: Count;
  readonly processes: Processes;
  readonly ending: Ending;
  /** Requests and calls that count something and are not answered yet. */
  readonly pending: PendingWork;
}

/** The catalog of the options, or its replacement, and what follows from the other options. */
export interface Setting {
  readonly catalog: Catalog;
  readonly access: Access | undefined;
  /** Undefined while everyone may read the live page. */
  readonly links: LiveLinks | undefined;
  readonly verbose: boolean;
  readonly paths: BasePaths;
}

/** Connects the parts that need each other, and starts those of `PARTS`. */
export function createParts<C extends Catalog, R extends AppRegistry>(
  given: CollectorOptions<C, R>,
  setting: Setting,
): Parts<C, R> {
  const options = optionsOfRole(given);
  const { catalog, access, links, verbose } = setting;
  const store = createStore<C, R>(options, catalog, verbose);
  const { journal, recorder } = store;
  let alerts: LiveAlertState | undefined;
  const showAlerts: PartContext["showAlerts"] = (state) => {
    alerts = state;
  };
  const context: PartContext = { ...createContext(options, setting, store, () => running), showAlerts };
  const isStopping = (): boolean => running.ending.isStopping;
  const viewers = createViewerLimits(() => performance.now());
  const dashboard = createDashboard(context, options, { verbose, viewers, links, alerts: () => alerts });
  const { log, seen } = dashboard;
  const backend = createBackend<C>(options, catalog, store, verbose);
  const edge = startEdge(context, options, options.catalog);
  const tap = createTap(dashboard);
  const count = edge?.count ?? createCount(journal, recorder, tap.events, log.journalFailed);
  const pending = createPendingWork();
  const { jobsInFlight } = backend;
  const processes = createProcesses(
    { ...recorder, record: joinJobs(recorder.record, jobsInFlight, catalog) },
    steadyNow,
  );
  const app = options.catalog?.app;
  const { release: onRelease, vital: onVital } = tap;
  const counting = { count, log, seen, pending, onRelease, onVital, isDraining: isStopping };
  const { report: reportInFlight } = jobsInFlight;
  const intake = createIntake({ ...setting, ...counting, reportInFlight, edge, context, options, app });
  const socket = createSocketPart({ context, options, access, links, verbose, viewers, isStopping });
  const onFailing = options.log ? log.journalFailing : createJournalWarning();
  const linked = { edge, intake, count, processes, dashboard, store, tap };
  const cluster = createClusterPart(context, options, linked);
  const parts: readonly Part[] = [
    { show: watchJournal(journal, recorder.record, onFailing) },
    dashboard,
    backend,
    intake,
    socket,
    createScrapes(context, options, store, processes.joinWith),
    // After the instruments of this process: the gauges of several are joined.
    { show: processes.show },
    createAlertsPart(context, options, dashboard.newestRelease, cluster),
    createPushPart(context, options, store),
    ...cluster,
    ...PARTS.flatMap(({ start }) => start?.(context, options) ?? []),
  ];
  const pulse = createPulse([...parts, store]);
  const ending = createEnding({ pending, log, parts: [...parts, { leave: pulse.stop }], store });
  const running: Running = { parts, pulse, ending };
  const all = parts.flatMap((part) => part.routes ?? []);
  const routes = routesOfRole(all, options.cluster);
  return { store, dashboard, backend, intake, socket, routes, count, processes, ending, pending };
}

/** Passes on events, errors, vitals and releases, so that an aggregator can send them to the live page. */
function createTap({ errors, releases, seeVital }: Dashboard): SeenTap {
  return createSeenTap({
    events: errors.see,
    skippedErrors: errors.skip,
    vital: seeVital,
    release: (release) => releases.see(release, "page"),
  });
}

/** Records the gauges of workers, whose jobs are added to those of other processes. */
function joinJobs(
  record: RecordSample,
  { setWorkers }: JobsInFlight,
  { jobs = {} }: Pick<Catalog, "jobs">,
): RecordSample {
  // `setWorkers` sets the families that jobs name as well.
  const named = new Set(Object.values(jobs).map(({ names }) => names?.inFlight));
  return (sample) => {
    if (sample.metric === JOBS_IN_FLIGHT) setWorkers(sample.labels["job_name"]!, sample.value);
    else if (!named.has(sample.metric)) record(sample);
  };
}

/** All parts once they run. */
interface Running {
  readonly parts: readonly Part[];
  readonly pulse: Pulse;
  readonly ending: Ending;
}

/** @param running Is called later: parts get the context before all of them run. */
function createContext(
  options: PartOptions,
  { catalog, access, paths }: Setting,
  { recorder, journal }: Pick<PartContext, "recorder" | "journal">,
  running: () => Running,
): Omit<PartContext, "showAlerts"> {
  return {
    catalog,
    recorder,
    journal,
    paths,
    senderOf: createSenderOf(options),
    opens: createOpens(access),
    nameOf: createNameOf(access),
    isDraining: () => running().ending.isDraining,
    areReady: () => running().parts.every(({ isReady }) => isReady?.() ?? true),
    spoolCheck: () =>
      running()
        .parts.find((part) => part.spoolCheck)
        ?.spoolCheck?.(),
    showAll: () => running().pulse.show(),
  };
}

interface SocketPartOptions {
  readonly context: PartContext;
  readonly options: PartOptions;
  readonly access: Access | undefined;
  readonly links: LiveLinks | undefined;
  readonly verbose: boolean;
  /** The places of viewers, shared with the live page's stream. */
  readonly viewers: ViewerLimits;
  readonly isStopping: () => boolean;
}

/** The WebSocket `/metrics/stream`. */
interface SocketPart extends Part {
  readonly attach: AttachWebSocket;
}

/** Creates the WebSocket, with the checks of `access` and the limits of viewers in front of it. */
function createSocketPart({
  context: { catalog, recorder, senderOf },
  options,
  access,
  links,
  verbose,
  viewers,
  isStopping,
}: SocketPartOptions): SocketPart {
  if (options.metricsStream === false) return { attach: () => () => {} };
  const { record } = recorder;
  const { hub, tick, close } = createSocket(catalog, recorder, recorder.moment);
  const admit = createAdmission({
    access,
    links,
    allowedOrigins: options.allowedOrigins ?? [],
    originOf: createRequestOrigin({ forwardedHostOf: createForwardedHost(options) }),
    verbose,
    isStopping,
    record,
  });
  return {
    routes: [
      { method: "GET", path: STREAM_PATH, scope: "live", isShared: true, handler: answerPlainRequest },
    ],
    attach: createUpgrades({ hub, limits: viewers, record, senderOf, admit }),
    publish: tick,
    close,
  };
}
