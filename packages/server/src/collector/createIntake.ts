import { type Access, createSecretCheck } from "../access/access.ts";
import type { PendingWork } from "../base/pendingWork.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { createBotCheck } from "../collect/userAgent.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";
import { createCollect, createValidate } from "../collect/collectRoute.ts";
import { createFunnelsRoute } from "../pages/funnels.ts";
import { createPathWarning } from "../http/blockedPath.ts";
import { createForwardedHost } from "../http/clientAddress.ts";
import { type AnswerRequest, NO_SNIFFING } from "../http/collectRequest.ts";
import { createCheckOrigin, createRequestOrigin } from "../http/corsOrigin.ts";
import { createOriginPolicy, type OriginPolicy } from "../http/originPolicy.ts";
import { createRateLimit } from "../http/rateLimit.ts";
import { createIngest, type IngestOptions } from "../ingest/ingestRoute.ts";
import { createIngestVocabulary, type ReportInFlight } from "../ingest/ingestedSamples.ts";
import { limitLearnedNames } from "../learned/limitLearnedNames.ts";
import { rememberingCalls, type SeenCalls } from "../learned/seenCalls.ts";
import { createPageVocabulary } from "../pages/pageEvents.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createReportVocabulary } from "../reports/reportEvent.ts";
import { createReports, type ReportsOptions } from "../reports/reportsRoute.ts";
import type { CollectorLog } from "./collectorLog.ts";
import type { PartOptions } from "./parts.ts";
import { MOST_FAULTS, reportOnce, warnOfBlockedPath, warnOfFault, warnOfOrigin } from "./warnings.ts";
import { type ActiveSessions, createActiveSessions } from "../collect/activeSessions.ts";
import { createDelayReading, createOverload, type Overload, withoutShedding } from "../collect/overload.ts";
import type { Edge } from "../edge/createEdge.ts";
import type { Journal } from "../journal/journal.ts";
import type { RecordSample } from "../metrics/sample.ts";

/** The products of other parts that the counting routes need. */
interface IntakeParts extends Pick<
  CollectOptions,
  "app" | "verbose" | "count" | "onRelease" | "onVital" | "isDraining"
> {
  readonly context: PartContext;
  readonly options: PartOptions;
  readonly access: Access | undefined;
  readonly log: CollectorLog;
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
  readonly reportInFlight: ReportInFlight;
  /** Publishes instead of counting, if this collector is an edge. */
  readonly edge: Pick<Edge, "publishBatch" | "publishItems" | "waitingMs"> | undefined;
  /** Counting requests that are not answered yet. */
  readonly pending: PendingWork;
}

/** The counting routes: batches of pages, items of services, reports of browsers. */
export interface Intake extends Part {
  /** Answers `/collect`, without Hono: for our own listener. */
  readonly collect: AnswerRequest;
  /** The settings with which batches of pages are read and counted, from the log as well. */
  readonly collectOptions: CollectOptions;
  /** The same for items of services. */
  readonly ingestOptions: IngestOptions;
}

/**
 * Sets up the senders, origins, limits and vocabulary of the counting routes. Throws a TypeError for an invalid
 * origin.
 */
export function createIntake(parts: IntakeParts): Intake {
  const { options, context, access, pending } = parts;
  const { catalog } = context;
  const own = access?.isOwnHost ?? "any";
  const policy = createOriginPolicy(access?.origins ?? options.allowedOrigins ?? [], { own });
  const pages = createPageVocabulary(catalog);
  const load = createLoad(context.journal, context.recorder.record, parts.edge?.waitingMs);
  const collectOptions = collectOptionsOf(parts, load, policy, pages);
  /** A whole request is pending work, so that a stop waits for bodies that have not arrived yet. */
  const counting =
    (answer: AnswerRequest): AnswerRequest =>
    (request) =>
      pending.add(answer(request));
  const isEdge = options.cluster === undefined || options.cluster.role === "edge";
  const collect = isEdge ? counting(createCollect(collectOptions)) : answerNotEdge;
  const ingestOptions = ingestOptionsOf(parts);
  const validate = createValidate(validateOptionsOf(parts, policy, collectOptions));
  const funnels = createFunnelsRoute(catalog, collectOptions.checkOrigin);
  const reports = counting(createReports(reportsOptionsOf(parts, policy, collectOptions)));
  return {
    collect,
    collectOptions,
    ingestOptions,
    show: load.show,
    tick: load.tick,
    leave: load.leave,
    routes: isEdge
      ? [
          { method: "ALL", path: "/collect", answer: collect },
          { method: "ALL", path: "/collect/validate", answer: validate },
          { method: "GET", path: "/collect/funnels", handler: funnels },
          { method: "OPTIONS", path: "/collect/funnels", handler: funnels },
          { method: "POST", path: "/ingest", answer: counting(createIngest(ingestOptions)) },
          { method: "POST", path: "/reports", answer: reports },
          { method: "OPTIONS", path: "/reports", answer: reports },
        ]
      : COUNTING_PATHS.map((path) => ({ method: "ALL", path, answer: answerNotEdge })),
  };
}

const COUNTING_PATHS = ["/collect", "/collect/validate", "/collect/funnels", "/ingest", "/reports"];

/** Of the roles that count what edges accepted: a batch that came past the log would be counted twice or nowhere. */
const answerNotEdge: AnswerRequest = async () => ({
  status: 404,
  headers: { "content-type": "text/plain", ...NO_SNIFFING },
  body: "404 Not Found: this collector reads a log. Send to an edge.\n",
});

function collectOptionsOf(
  { app, verbose, count, edge, onRelease, onVital, isDraining, ...parts }: IntakeParts,
  { sessions, overload }: Load,
  policy: OriginPolicy,
  pages: ReturnType<typeof createPageVocabulary>,
): CollectOptions {
  const { context, options, access, log, seen } = parts;
  const { catalog, recorder, senderOf, journal } = context;
  const forwardedHostOf = createForwardedHost(options);
  const onDenied = reportOnce(options.log ? log.originDenied : warnOfOrigin);
  const translate = seen ? rememberingCalls(pages, seen) : pages;
  return {
    app,
    verbose,
    checkOrigin: createCheckOrigin({ policy, forwardedHostOf, onDenied }),
    originOf: createRequestOrigin({ forwardedHostOf }),
    onDenied,
    onFault: reportOnce(options.log ? log.pageFault : warnOfFault, MOST_FAULTS),
    onPath: createPathWarning(options.log ? log.pathBlocked : warnOfBlockedPath),
    access,
    translate,
    translateOf: seen && limitLearnedNames(translate, catalog, recorder, Date.now),
    senderOf,
    rateLimit: createRateLimit(options.rateLimits ?? {}),
    isBot: options.bots === "count" ? () => false : createBotCheck(),
    overload,
    count,
    publish: edge?.publishBatch,
    record: recorder.record,
    child: recorder.child,
    sessions,
    onRelease,
    onVital,
    isDraining,
    durable: edge !== undefined || journal.durable,
    now: Date.now,
  };
}

/** Of `/collect/validate`: the same gates, but no name is remembered and no log says who asked. */
function validateOptionsOf(
  { context, options }: IntakeParts,
  policy: OriginPolicy,
  collect: CollectOptions,
): CollectOptions {
  const forwardedHostOf = createForwardedHost(options);
  return {
    ...collect,
    checkOrigin: createCheckOrigin({ policy, forwardedHostOf, onDenied: () => {} }),
    translate: createPageVocabulary(context.catalog),
  };
}

function ingestOptionsOf({
  context,
  options,
  access,
  count,
  verbose,
  isDraining,
  reportInFlight,
  edge,
}: IntakeParts): IngestOptions {
  const { rateLimits = {}, unknownNames = "bounded" } = options;
  return {
    checkSecret: createSecretCheck(options, access),
    rateLimit: createRateLimit({ ...rateLimits, perAddress: false }),
    unknownSenderLimit: createRateLimit({ ...rateLimits, perApp: false }),
    senderOf: context.senderOf,
    translate: createIngestVocabulary(
      context.catalog,
      unknownNames,
      // The process that counts the item has the gauge.
      edge ? () => true : reportInFlight,
    ),
    count,
    publish: edge?.publishItems,
    record: context.recorder.record,
    verbose,
    isDraining,
    now: Date.now,
  };
}

function reportsOptionsOf(
  { context, options, access, count, verbose, isDraining }: IntakeParts,
  originPolicy: OriginPolicy,
  { checkOrigin }: CollectOptions,
): ReportsOptions {
  return {
    checkOrigin,
    originPolicy,
    access,
    senderOf: context.senderOf,
    // A separate limit, so that a faulty policy on every page does not use up the limit of the batches.
    rateLimit: createRateLimit(options.rateLimits ?? {}),
    translate: createReportVocabulary(context.catalog),
    count,
    record: context.recorder.record,
    verbose,
    isDraining,
    now: Date.now,
  };
}

/** The load of the counting routes: the active sessions, and the overload check. */
interface Load extends Required<Pick<Part, "show" | "tick" | "leave">> {
  readonly sessions: ActiveSessions;
  readonly overload: Overload;
}

/**
 * @param edgeWaitingMs Returns the milliseconds that the oldest message waits for the disk, for an edge. An edge never sheds
 * single events: what it publishes is whole.
 */
function createLoad(journal: Journal, record: RecordSample, edgeWaitingMs?: () => number): Load {
  const sessions = createActiveSessions(steadyNow, {
    onLost: (value) => record({ metric: "rum_batches_lost_total", labels: {}, value }),
    onRated: (experience, times) =>
      record({ metric: "rum_sessions_rated_total", labels: { experience }, value: 1, times }),
  });
  const delay = createDelayReading();
  const overload = createOverload(() => ({
    delayMs: delay.read(),
    journalMs: edgeWaitingMs?.() ?? journal.state?.().waitingMs ?? 0,
  }));
  return {
    sessions,
    overload: edgeWaitingMs ? withoutShedding(overload) : overload,
    show: () => record({ metric: "rum_active_sessions", labels: {}, value: sessions.count() }),
    tick: () => {
      overload.read();
      record({ metric: "rum_overload_level", labels: {}, value: overload.level });
    },
    leave: delay.stop,
  };
}
