import { createServer, type Server } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { EffectiveConfig } from "./settings.ts";
import { createCutReport } from "./cutReport.ts";
import { redirectToPage } from "./redirectToPage.ts";
import { limitConnections } from "./limitConnections.ts";
import { logAccess } from "./logAccess.ts";
import { watchRequests } from "./openRequests.ts";
import type { Collector } from "@rumkit/server";
import {
  continueWhenRead,
  giveUploadsTime,
  limitBodies,
  limitOpenRequests,
  limitRequestsPerSocket,
  type OwnLog,
  recordOf,
  refuseAmbiguous,
  SERVER_LIMITS,
} from "@rumkit/server/internal/serve";

/** The fraction of a request's time that its body may take; the rest is for the answer. */
const BODY_SHARE = 7 / 8;

/**
 * Creates the server of `rumkit serve`, with all limits of its configuration. It does not listen yet.
 *
 * @param log Receives a line for each request, if the configuration enables that.
 */
export function createServeServer(
  config: EffectiveConfig,
  collector: Collector<Catalog>,
  log: Pick<OwnLog, "apart" | "warn"> | undefined,
): Server {
  const { accessLog } = config;
  const onCut = createCutReport(recordOf(collector), log);
  const listener = redirectToPage(collector.nodeListener(), config.livePath);
  const answer = accessLog === false || !log ? listener : logAccess(listener, collector.app, log, accessLog);
  const server = createServer(
    {
      ...SERVER_LIMITS,
      headersTimeout: config.headersTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.keepAliveTimeoutMs,
      maxHeaderSize: config.maxHeaderBytes,
    },
    limitOpenRequests(refuseAmbiguous(answer), () => onCut("pipelined")),
  );
  giveUploadsTime(server);
  continueWhenRead(server);
  limitConnections(server, config.maxConnections, onCut);
  limitBodies(server, config.requestTimeoutMs * BODY_SHARE);
  watchRequests(server);
  limitRequestsPerSocket(server, config.maxRequestsPerSocket);
  collector.attachWebSocket(server);
  return server;
}
