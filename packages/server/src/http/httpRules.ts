import type { IncomingMessage, RequestListener, Server, ServerResponse } from "node:http";

/**
 * Creates a listener that passes on only requests that are clearly valid HTTP/1. Others get 400 and their connection
 * is closed.
 *
 * node:http accepts three things that RFC 9112 forbids: a second `Host` (section 3.2), because a proxy may have used
 * the other one; a body in a transfer coding other than `chunked` (section 6.1), which node:http reads as plain; and a
 * version other than 1.0 and 1.1 in the first line (section 2.3).
 */
export function refuseAmbiguous(listener: RequestListener): RequestListener {
  return (request, response) => {
    const fault = faultOf(request);
    if (fault === undefined) return listener(request, response);
    const body = JSON.stringify({ error: { code: "bad_request", message: fault } });
    response.writeHead(400, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "x-content-type-options": "nosniff",
      connection: "close",
    });
    response.end(body);
  };
}

/** Returns the fault of a request that node:http accepts and RFC 9112 forbids. */
export function faultOf({ httpVersionMajor, rawHeaders, headers }: IncomingMessage): string | undefined {
  if (httpVersionMajor !== 1) return "The first line of a request must name HTTP/1.0 or HTTP/1.1.";
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === HOST.length && name.toLowerCase() === HOST) hosts += 1;
  }
  if (hosts > 1) return "A request must have exactly one Host.";
  const coding = headers["transfer-encoding"];
  const isKnown = coding === undefined || coding.trim().toLowerCase() === "chunked";
  return isKnown
    ? undefined
    : "The only transfer coding that is read is chunked. Compress with Content-Encoding.";
}

const HOST = "host";

/**
 * Answers `Expect: 100-continue` only when the body is about to be read. A sender that is refused by its origin, key
 * or length learns this without sending the body (RFC 9110, section 10.1.1).
 */
export function continueWhenRead(server: Server): void {
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    // After a final answer without "100 Continue", the next bytes may be the body or another request.
    response.shouldKeepAlive = false;
    const onListener = (event: string | symbol): void => {
      if (event !== "data" && event !== "readable") return;
      request.off("newListener", onListener);
      if (response.headersSent) return;
      response.shouldKeepAlive = true;
      response.writeContinue();
    };
    request.on("newListener", onListener);
    server.emit("request", request, response);
  });
}
