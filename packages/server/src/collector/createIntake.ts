import { type Access, createSecretCheck } from "../access/access.ts";
import { createPathWarning } from "../http/blockedPath.ts";
import { createBotCheck } from "../collect/userAgent.ts";
import { createForwardedHost, createSenderOf } from "../http/clientAddress.ts";
import { createCheckOrigin, createRequestOrigin } from "../http/corsOrigin.ts";
import { createOriginPolicy } from "../http/originPolicy.ts";
import { createRateLimit } from "../http/rateLimit.ts";
import type { IngestOptions } from "../ingest/ingestRoute.ts";
import { createReportVocabulary } from "../reports/reportEvent.ts";
import type { ReportsOptions } from "../reports/reportsRoute.ts";
import { createIngestVocabulary } from "../ingest/ingestedSamples.ts";
import { createPageVocabulary } from "../pages/pageEvents.ts";
import type { Catalog } from "@rumkit/protocol";
import type { CollectorOptions } from "./collector.ts";
import { withNamePlaces } from "../learned/namePlaces.ts";
import { seeing, type SeenCalls } from "../learned/seenCalls.ts";
import type { CollectorLog } from "./collectorLog.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { MOST_FAULTS, tellOnce, warnOfBlockedPath, warnOfFault, warnOfOrigin } from "./warnings.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";

/** The options that the counting routes share. */
interface IntakeParts<C extends Catalog, R extends AppRegistry> extends Pick<
  CollectOptions,
  "verbose" | "overload" | "count" | "record" | "sessions" | "onRelease" | "isDraining" | "durable" | "now"
> {
  readonly options: CollectorOptions<C, R>;
  /** The catalog of the options, or its replacement. */
  readonly catalog: Catalog;
  readonly access: Access | undefined;
  readonly log: CollectorLog;
  readonly recorder: Recorder;
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
}

/** The counting routes: batches of pages, items of services, reports of browsers. */
export interface Intake {
  readonly collect: CollectOptions;
  readonly ingest: IngestOptions;
  readonly reports: ReportsOptions;
}

/**
 * Sets up the senders, origins, limits and vocabulary of the counting routes. Throws a TypeError for an invalid
 * origin.
 */
export function createIntake<C extends Catalog, R extends AppRegistry>(parts: IntakeParts<C, R>): Intake {
  const { options, access, verbose, count, record, now, isDraining, ...others } = parts;
  const { catalog, overload, sessions, onRelease, durable } = others;
  const { rateLimits = {}, allowedOrigins = [] } = options;
  const senderOf = createSenderOf(options);
  const forwardedHostOf = createForwardedHost(options);
  const own = access?.isOwnHost ?? "any";
  const originPolicy = createOriginPolicy(access?.origins ?? allowedOrigins, { own });
  const onDenied = tellOnce(options.log ? parts.log.originDenied : warnOfOrigin);
  const pages = createPageVocabulary(catalog);
  const translate = parts.seen ? seeing(pages, parts.seen) : pages;
  const collect: CollectOptions = {
    app: options.catalog?.app,
    verbose,
    checkOrigin: createCheckOrigin({ policy: originPolicy, forwardedHostOf, onDenied }),
    originOf: createRequestOrigin({ forwardedHostOf }),
    onDenied,
    onFault: tellOnce(options.log ? parts.log.pageFault : warnOfFault, MOST_FAULTS),
    onPath: createPathWarning(options.log ? parts.log.pathBlocked : warnOfBlockedPath),
    access,
    translate,
    translateOf: parts.seen && withNamePlaces(translate, catalog, parts.recorder, now),
    senderOf,
    rateLimit: createRateLimit(rateLimits),
    overload,
    sessions,
    onRelease,
    isBot: options.bots === "count" ? () => false : createBotCheck(),
    count,
    record,
    isDraining,
    durable,
    now,
  };
  const counted = { count, record, verbose, isDraining, now };
  const ingest: IngestOptions = {
    checkSecret: createSecretCheck(options, access),
    rateLimit: createRateLimit({ ...rateLimits, perAddress: false }),
    unknownSenderLimit: createRateLimit({ ...rateLimits, perApp: false }),
    senderOf,
    translate: createIngestVocabulary(catalog, options.unknownNames ?? "bounded"),
    ...counted,
  };
  const reports: ReportsOptions = {
    checkOrigin: collect.checkOrigin,
    originPolicy,
    access,
    senderOf,
    // A separate limit, so that a faulty policy on every page does not use up the limit of the batches.
    rateLimit: createRateLimit(rateLimits),
    translate: createReportVocabulary(catalog),
    ...counted,
  };
  return { collect, ingest, reports };
}
