import { type Catalog, JOBS_IN_FLIGHT, type LiveAlertState } from "@rumkit/protocol";
import type { Access } from "../access/access.ts";
import { createNameOf, createOpens } from "../access/guard.ts";
import type { LiveLinks } from "../access/liveLinks.ts";
import { createPendingWork, type PendingWork } from "../base/pendingWork.ts";
import { createSenderOf } from "../http/clientAddress.ts";
import type { JobsInFlight } from "../instrument/jobsInFlight.ts";
import { type Count, createCount } from "../journal/count.ts";
import { watchJournal } from "../journal/journalMetrics.ts";
import type { RecordSample } from "../metrics/sample.ts";
import { createViewerLimits } from "../live/viewerLimits.ts";
import { createSeenTap, type SeenTap } from "../merge/seenTap.ts";
import type { BasePaths } from "../part/basePaths.ts";
import type { Part, PartContext, PartRoute } from "../part/part.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { createProcesses, type Processes } from "../workers/processes.ts";
import { steadyNow } from "../base/steadyNow.ts";
import type { CollectorOptions } from "./collector.ts";
import type { CollectorLog } from "./collectorLog.ts";
import { createAlertsPart } from "./createAlertsPart.ts";
import { type ClusterParts, createClusterPart } from "./createClusterPart.ts";
import { startEdge } from "./createEdgePart.ts";
import { optionsOfRole, routesOfRole } from "./rolesBehind.ts";
import { createPushPart } from "./createPushPart.ts";
import { createIntake, type Intake } from "./createIntake.ts";
import { type Backend, createBackend } from "./createBackend.ts";
import { createDashboard, type Dashboard } from "./createDashboard.ts";
import { createSocketPart, type SocketPart } from "./createSocketPart.ts";
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
  const { alerts, showAlerts } = createShownAlerts();
  const context = createContext(options, setting, { ...store, showAlerts }, () => running);
  const isStopping = (): boolean => running.ending.isStopping;
  const viewers = createViewerLimits(() => performance.now());
  const dashboard = createDashboard(context, options, { verbose, viewers, links, alerts });
  const { log } = dashboard;
  const backend = createBackend<C>(options, catalog, store, verbose);
  const counting = createCounting(context, options, { setting, dashboard, backend, isStopping });
  const { intake, count, processes, pending } = counting;
  const socket = createSocketPart({ context, options, access, links, verbose, viewers, isStopping });
  const cluster = createClusterPart(context, options, { ...counting, dashboard, store });
  const parts: readonly Part[] = [
    watchingJournal(context, options, log),
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

/** The counting routes, and what they share with workers and the role: how a batch is counted, and who sees it. */
interface Counting extends Pick<ClusterParts, "edge" | "intake" | "count" | "processes" | "tap"> {
  readonly pending: PendingWork;
}

interface CountingSources {
  readonly setting: Setting;
  readonly dashboard: Dashboard;
  readonly backend: Pick<Backend<Catalog>, "jobsInFlight">;
  readonly isStopping: () => boolean;
}

function createCounting(
  context: PartContext,
  options: PartOptions & { readonly catalog?: Catalog },
  { setting, dashboard, backend: { jobsInFlight }, isStopping }: CountingSources,
): Counting {
  const { catalog, journal, recorder } = context;
  const { log, seen } = dashboard;
  const edge = startEdge(context, options, options.catalog);
  const tap = createTap(dashboard);
  const count = edge?.count ?? createCount(journal, recorder, tap.events, log.journalFailed);
  const pending = createPendingWork();
  const processes = createProcesses(
    { ...recorder, record: joinJobs(recorder.record, jobsInFlight, catalog) },
    steadyNow,
  );
  const app = options.catalog?.app;
  const { release: onRelease, vital: onVital } = tap;
  const counting = { count, log, seen, pending, onRelease, onVital, isDraining: isStopping };
  const { report: reportInFlight } = jobsInFlight;
  const intake = createIntake({ ...setting, ...counting, reportInFlight, edge, context, options, app });
  return { edge, tap, count, pending, processes, intake };
}

/** The state of the alerts, from the part that evaluates them to the live page. */
function createShownAlerts() {
  let shown: LiveAlertState | undefined;
  return {
    alerts: () => shown,
    showAlerts: (state: LiveAlertState): void => {
      shown = state;
    },
  };
}

function watchingJournal({ journal, recorder }: PartContext, options: PartOptions, log: CollectorLog): Part {
  const onFailing = options.log ? log.journalFailing : createJournalWarning();
  return { show: watchJournal(journal, recorder.record, onFailing) };
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
  { recorder, journal, showAlerts }: Pick<PartContext, "recorder" | "journal" | "showAlerts">,
  running: () => Running,
): PartContext {
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
    showAlerts,
  };
}
