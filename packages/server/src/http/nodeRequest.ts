import { watchBody } from "./bodyDeadlines.ts";
import { checkBody, CollectError, emptyBody, tooLarge } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";
import { authorityOf, type NodeRequest, targetOf } from "./requestTarget.ts";
import { bodyTaken, takenBody } from "./takenBody.ts";
import { createTickBatcher } from "./tickBatcher.ts";

const readInBatch = createTickBatcher();

/** Wraps Node's request. The body is read from its stream. */
export function fromNode(incoming: NodeRequest): CollectRequest {
  const { headers, readableDidRead: wasRead } = incoming;
  return {
    method: incoming.method ?? "GET",
    url: targetOf(incoming),
    authority: authorityOf(incoming),
    address: incoming.socket.remoteAddress,
    header: (name) => headers[name] as string | undefined,
    readBody: (most) => (wasRead ? readTaken(incoming, most) : readIncoming(incoming, most)),
    wasRead,
  };
}

async function readTaken(incoming: NodeRequest, most: number): Promise<Buffer> {
  const body = takenBody(incoming);
  if (body === undefined) throw bodyTaken();
  checkBody(body, most);
  return body;
}

/** Counts the bytes as they arrive, and stops listening at the first byte over the limit. */
function readIncoming(incoming: NodeRequest, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isSettled = false;
    const settle = (): boolean => {
      if (isSettled) return false;
      isSettled = true;
      unwatch();
      return true;
    };
    const fail = (error: CollectError): void => {
      // The code that answers may have to read further.
      incoming.off("data", onData);
      reject(error);
    };
    const onClose = (): void => {
      if (settle()) fail(new CollectError("aborted", "The connection closed before the whole body came."));
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else if (settle()) fail(tooLarge(most));
    };
    const onEnd = (): void => {
      if (!settle()) return;
      if (length === 0) return fail(emptyBody());
      readInBatch(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    };
    const onLate = (error: CollectError): void => {
      if (settle()) fail(error);
    };
    const { server } = incoming.socket as { readonly server?: object };
    const unwatch = watchBody(server, onLate);
    if (incoming.destroyed) return onClose();
    // A socket that breaks emits both; without a listener for "error" the process would end.
    incoming.on("error", onClose).on("close", onClose).on("data", onData).on("end", onEnd);
  });
}
