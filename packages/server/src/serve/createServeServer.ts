import { createServer, type Server } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { Collector } from "../collector.ts";
import { SERVER_LIMITS } from "../serverLimits.ts";
import type { EffectiveConfig } from "./configSchema.ts";

/** The server of `rumkit serve`, with every limit that its configuration says. It does not listen yet. */
export function createServeServer(config: EffectiveConfig, collector: Collector<Catalog>): Server {
  const server = createServer(
    {
      ...SERVER_LIMITS,
      headersTimeout: config.headersTimeoutMs,
      requestTimeout: config.requestTimeoutMs,
      keepAliveTimeout: config.keepAliveTimeoutMs,
      maxHeaderSize: config.maxHeaderBytes,
    },
    collector.nodeListener(),
  );
  server.maxConnections = config.maxConnections;
  server.maxRequestsPerSocket = config.maxRequestsPerSocket;
  return server;
}
