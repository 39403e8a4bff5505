import { createServer, type Server } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { Collector } from "../collector.ts";
import type { OwnLog } from "../log/createLog.ts";
import { limitRequestsPerSocket, SERVER_LIMITS } from "../serverLimits.ts";
import type { EffectiveConfig } from "./configSchema.ts";
import { logAccess } from "./logAccess.ts";

/**
 * The server of `rumkit serve`, with every limit that its configuration says. It does not listen yet.
 *
 * @param log Where requests are told of, if the configuration asks for that.
 */
export function createServeServer(
  config: EffectiveConfig,
  collector: Collector<Catalog>,
  log: Pick<OwnLog, "apart"> | undefined,
): Server {
  const { accessLog } = config;
  const answer = collector.nodeListener();
  const server = createServer(
    {
      ...SERVER_LIMITS,
      headersTimeout: config.headersTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.keepAliveTimeoutMs,
      maxHeaderSize: config.maxHeaderBytes,
    },
    accessLog === false || !log ? answer : logAccess(answer, collector.app, log, accessLog),
  );
  server.maxConnections = config.maxConnections;
  limitRequestsPerSocket(server, config.maxRequestsPerSocket);
  return server;
}
