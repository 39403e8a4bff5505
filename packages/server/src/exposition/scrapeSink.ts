import { ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";

/** The destination of a scrape's bytes. */
export interface ScrapeSink {
  /** Resolves when more can be taken, or the reader is gone. */
  write(chunk: Uint8Array): Promise<void>;
  /** Ends the scrape regularly. Resolves when all bytes were handed over, or the reader is gone. */
  end(): Promise<void>;
  /** Ends the scrape so that the reader notices that it is incomplete. Safe to call at any time. */
  cut(): void;
}

/**
 * Sends to Node's own response, if the app is served by Node. `onGone` is called at most once, when its reader is
 * gone.
 */
export function createNodeSink(
  outgoing: ServerResponse | Http2ServerResponse,
  onGone: () => void,
): ScrapeSink {
  if (isGone(outgoing)) onGone();
  // Node closes a response that was finished, too.
  else outgoing.once("close", onGone).once("finish", () => outgoing.off("close", onGone));
  return {
    write: async (chunk) => {
      if (!isGone(outgoing) && !write(outgoing, chunk)) await next(outgoing, "drain");
    },
    end: async () => {
      if (isGone(outgoing)) return;
      const finished = next(outgoing, "finish");
      outgoing.end();
      await finished;
    },
    cut: () => {
      // No client, not even one of HTTP/1.0, treats a response that ends with a reset as complete.
      if (outgoing instanceof ServerResponse) outgoing.socket?.resetAndDestroy();
      outgoing.destroy();
    },
  };
}

/** A response of HTTP/2 has no `destroyed`; its stream does. */
function isGone(outgoing: ServerResponse | Http2ServerResponse): boolean {
  return outgoing instanceof Http2ServerResponse
    ? ((outgoing.stream as Http2ServerResponse["stream"] | undefined)?.destroyed ?? true)
    : outgoing.destroyed;
}

/** The two types have no common signature of `write`. */
function write(outgoing: ServerResponse | Http2ServerResponse, chunk: Uint8Array): boolean {
  return outgoing instanceof ServerResponse ? outgoing.write(chunk) : outgoing.write(chunk);
}

/** Resolves with an event, or when the connection is gone, after which the event would never come. */
function next(outgoing: ServerResponse | Http2ServerResponse, event: "drain" | "finish"): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      outgoing.off(event, settle).off("close", settle);
      resolve();
    };
    outgoing.on(event, settle).on("close", settle);
  });
}

/** Sends to the body of a web `Response`, for all other servers. */
export function createWebSink(onGone: () => void): { sink: ScrapeSink; stream: ReadableStream<Uint8Array> } {
  let controller: ReadableStreamDefaultController<Uint8Array>;
  let isOpen = true;
  let onPull = (): void => {};
  const close = (): boolean => {
    const wasOpen = isOpen;
    isOpen = false;
    onPull();
    return wasOpen;
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => void (controller = given),
      pull: () => onPull(),
      cancel: () => {
        if (close()) onGone();
      },
    },
    // One chunk waits in the stream; the next is made when the reader takes it.
    new CountQueuingStrategy({ highWaterMark: 1 }),
  );
  const sink: ScrapeSink = {
    write: (chunk) => {
      if (!isOpen) return Promise.resolve();
      const taken = new Promise<void>((resolve) => {
        onPull = resolve;
      });
      controller.enqueue(chunk);
      return (controller.desiredSize ?? 0) > 0 ? Promise.resolve() : taken;
    },
    end: async () => {
      if (close()) controller.close();
    },
    cut: () => {
      if (close()) controller.error(new Error("[rumkit] The scrape was cut off."));
    },
  };
  return { sink, stream };
}
