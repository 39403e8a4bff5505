import type { ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";

/** Node's response. The one of HTTP/2 is another class with the same methods. */
export type NodeResponse = ServerResponse | Http2ServerResponse;

/**
 * The body of an answer that goes on for as long as its reader stays. Writing never waits for the reader: see
 * `waitingBytes`.
 *
 * It is read as a web stream, or sent by Node's own response, which takes half the memory. It is a class because each of a
 * thousand viewers has one: objects that share their methods are smaller than closures.
 */
export class StreamBody {
  /** Called once: the reader is gone, or the body has ended. */
  onEnd: () => void = () => {};
  /** Node's response, if the app is served by Node. A body that is cut destroys it. */
  outgoing: NodeResponse | undefined;
  /** True once a reader of the web stream has asked for bytes. */
  wasRead = false;
  /** Bytes that neither a web stream nor Node's response has taken. */
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #hasEnded = false;
  /** Node's response once it sends the bytes in place of the web stream. */
  #sender: NodeResponse | undefined;
  /** The controller of the web stream while its reader waits for bytes. */
  #hungry: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** Bytes that were written, and that the reader's connection has not taken. */
  get waitingBytes(): number {
    return this.#sender ? this.#sender.writableLength : this.#queuedBytes;
  }

  write(bytes: Uint8Array): void {
    if (this.#hasEnded) return;
    if (this.#sender) return send(this.#sender, bytes);
    const hungry = this.#hungry;
    if (hungry) {
      // Before the call, in which the next bytes may be asked for.
      this.#hungry = undefined;
      return hungry.enqueue(bytes);
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  /** Ends the answer after the bytes that wait. */
  end(): void {
    if (this.#close()) this.#sender?.end();
  }

  /** Ends the answer without the bytes that wait: its reader is gone, or loses its place. */
  cut(): void {
    this.#takeQueue();
    if (this.#close()) this.outgoing?.destroy();
  }

  /** Returns the body as a web stream. Call it once. */
  toWeb(): ReadableStream<Uint8Array> {
    const source: UnderlyingDefaultSource<Uint8Array> = {
      pull: (controller) => this.#pull(controller),
      // The web stream in whose place Node's response sends may be canceled, too.
      cancel: () => void (!this.#sender && this.#takeQueue() && this.#close()),
    };
    // Bytes wait in the queue, and none in the stream.
    return new ReadableStream(source, { highWaterMark: 0 });
  }

  /** Sends by Node's response from now on, in place of the web stream. Its head must be written. */
  sendBy(outgoing: NodeResponse): void {
    this.#sender = outgoing;
    for (const bytes of this.#takeQueue()) send(outgoing, bytes);
    if (this.#hasEnded) outgoing.end();
  }

  #pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.wasRead = true;
    const bytes = this.#queue.shift();
    if (bytes) {
      this.#queuedBytes -= bytes.length;
      controller.enqueue(bytes);
    } else if (this.#hasEnded) controller.close();
    else this.#hungry = controller;
  }

  #takeQueue(): readonly Uint8Array[] {
    const queue = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    return queue;
  }

  /** Returns false if it was closed before. */
  #close(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#hungry?.close();
    this.onEnd();
    return true;
  }
}

/** Returns true if the connection of a response is closed. */
export function isGone(outgoing: NodeResponse): boolean {
  // A response of HTTP/2 has no `destroyed`; its stream does.
  return outgoing instanceof Http2ServerResponse
    ? ((outgoing.stream as Http2ServerResponse["stream"] | undefined)?.destroyed ?? true)
    : outgoing.destroyed;
}

/** The two types have no common signature of `write`. */
function send(outgoing: NodeResponse, bytes: Uint8Array): void {
  if (outgoing instanceof Http2ServerResponse) outgoing.write(bytes);
  else outgoing.write(bytes);
}
