import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { WebSocketServer } from "ws";
import type { ViewerLimits } from "../live/viewerLimits.ts";
import { faultOf } from "../http/httpRules.ts";
import { fromNode } from "../http/nodeRequest.ts";
import { type CollectRequest, targetOf } from "../http/collectRequest.ts";
import type { RecordSample } from "../metrics/sample.ts";
import { type Admission, type Refusal, secretOf } from "./admission.ts";
import { createHeartbeat } from "./heartbeat.ts";
import type { Hub } from "./hub.ts";
import { STREAM_PATH } from "./streamRoute.ts";
import { takeUpgrades, type UpgradeServer } from "./upgradeServer.ts";
import { serveWebSocket } from "./wsConnection.ts";

/** Bytes of a message, above which the connection is closed (1009). Between 2 KiB and this it is answered with an error. */
const MAX_PAYLOAD = 4_096;

/** Frames of one message. A client that sends a message of 4 KiB in more has no good reason; it is closed (1008). */
const MAX_FRAGMENTS = 64;

/** The subprotocol, for pages that send their token as another one. */
const PROTOCOL = "rumkit";

export interface UpgradesOptions {
  readonly hub: Hub;
  readonly limits: ViewerLimits;
  readonly record: RecordSample;
  /** Decides whether a request may have a WebSocket. */
  readonly admit: Admission;
  readonly senderOf: (request: CollectRequest) => string | undefined;
}

export interface AttachOptions {
  /** The path of the collector in the app: `"/rum"` for `app.route("/rum", collector.app)`. Default `""`. */
  readonly basePath?: string;
}

/** Attaches the WebSocket to a server. Returns a function that detaches it. */
export type AttachWebSocket = (server: UpgradeServer, options?: AttachOptions) => () => void;

export function createUpgrades(options: UpgradesOptions): AttachWebSocket {
  const open = createOpen(options);
  return (server, { basePath = "" } = {}) => {
    const path = basePath.replace(/\/$/, "") + STREAM_PATH;
    return takeUpgrades(server, {
      matches: (request) => isPath(targetOf(request), path),
      upgrade: open,
    });
  };
}

function isPath(target: string, path: string): boolean {
  const [asked = ""] = target.split("?", 1);
  return asked === path || asked === `${path}/`;
}

function createOpen({ hub, limits, record, admit, senderOf }: UpgradesOptions) {
  const heartbeat = createHeartbeat();
  const takePlace = createEnter(limits, record);
  const enter = (
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    until: number | undefined,
  ): void => {
    // It has no more `close` by which its place would be given back.
    if (socket.destroyed) return;
    const request = fromNode(incoming);
    const viewer = { address: senderOf(request) ?? "", token: secretOf(request), until };
    const onSkip = takePlace(viewer, socket);
    if (!onSkip) return refuse(socket, TOO_MANY);
    loadServer().then(
      (server) =>
        server.handleUpgrade(incoming, socket, head, (ws) => {
          heartbeat.add(ws);
          serveWebSocket(ws, hub, onSkip);
        }),
      (error: Error) => {
        socket.destroy();
        process.emitWarning(error);
      },
    );
  };
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Before anything else: a connection that breaks now would end the process.
    socket.on("error", ignore);
    const fault = faultOf(incoming);
    // A second `Host` could be the one that a proxy has believed.
    if (fault !== undefined)
      return refuse(socket, { status: "400 Bad Request", code: "bad_request", message: fault });
    void admit(fromNode(incoming)).then((judged) => {
      if ("status" in judged) refuse(socket, judged);
      else enter(incoming, socket, head, judged.until);
    });
  };
}

function ignore(): void {}

/**
 * Takes a place for a connection until it ends. Returns a function for each update that it misses. Nothing here may refer
 * to the request: it would be kept as long as the connection.
 */
function createEnter(limits: ViewerLimits, record: RecordSample) {
  return (viewer: Parameters<ViewerLimits["enter"]>[0], socket: Duplex): (() => void) | undefined => {
    const place = limits.enter(viewer, () => socket.destroy());
    if (!place) return undefined;
    // Also for a handshake that the library refuses.
    socket.once("close", place.leave);
    return () => {
      place.missed();
      record({ metric: "rum_live_frames_skipped_total", labels: {}, value: 1 });
    };
  };
}

const TOO_MANY: Refusal = {
  status: "503 Service Unavailable",
  code: "too_many_viewers",
  message: "There are too many live streams.",
};

let loading: Promise<WebSocketServer> | undefined;

/** The library is loaded when the first client comes: most processes never have one. */
function loadServer(): Promise<WebSocketServer> {
  loading ??= import("ws").then(
    ({ WebSocketServer: Server }) =>
      new Server({
        noServer: true,
        clientTracking: false,
        maxPayload: MAX_PAYLOAD,
        maxFragments: MAX_FRAGMENTS,
        handleProtocols: (protocols) => protocols.has(PROTOCOL) && PROTOCOL,
      }),
  );
  return loading;
}

/** Milliseconds that a client has to read a refusal. */
const READ_MS = 1_000;

function refuse(socket: Duplex, { status, code, message, headers = {} }: Refusal): void {
  const body = JSON.stringify({ error: { code, message } });
  const fields = {
    "content-type": "application/json",
    "content-length": String(Buffer.byteLength(body)),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    connection: "close",
    ...(status.startsWith("503") && { "retry-after": "30" }),
    ...headers,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join("")}\r\n${body}`);
  setTimeout(() => socket.destroy(), READ_MS).unref();
}
