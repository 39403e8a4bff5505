import { MAX_TEXT, type Batch, type DropReason, type PageEvent } from "@rumkit/protocol";
import { createQueue, type FlushReason } from "./createQueue.ts";
import { createSession } from "./createSession.ts";
import { createTransport } from "./createTransport.ts";
import type { MetricsOptions } from "./metrics.ts";
import { randomId } from "./randomId.ts";
import type { NewEvent } from "./source.ts";
import { warnOfRejections } from "./warnOfRejections.ts";

export interface Recorder {
  record(event: NewEvent, route: string): void;
  /** Counts lost events. The next batch tells the collector. */
  drop(reason: DropReason, count?: number): void;
  flush(reason: FlushReason): void;
  /** Begins to send. Until then events gather, and storage is not touched. */
  open(): void;
  /** Sends what waits; from then on nothing is recorded until the next `open`. */
  close(): void;
}

/** The way of an event: stamp, session, queue, batch, transport. */
export function createRecorder(options: MetricsOptions, hasPage: boolean): Recorder {
  const { url = "/collect", app, release, debug } = options;
  let isRecording = hasPage;
  let isSending = false;
  let seq = 0;
  let dropped: NonNullable<Batch["dropped"]> = {};
  const session = createSession();
  const transport = createTransport({ url, onAnswer: debug ? warnOfRejections : undefined });
  const queue = createQueue({ onFlush, onDrop: drop });

  function drop(reason: DropReason, count = 1): void {
    dropped[reason] = (dropped[reason] ?? 0) + count;
  }

  function onFlush(events: PageEvent[], reason: FlushReason): void {
    session.save();
    if (events.length) addBatch(events);
    transport.send(reason);
  }

  function addBatch(events: PageEvent[]): void {
    const reported = dropped;
    dropped = {};
    const batch: { [Key in keyof Batch]: Batch[Key] | undefined } = {
      v: 1,
      id: randomId(),
      seq: seq++,
      app,
      release,
      session: session.id(),
      sentAt: Date.now(),
      dropped: reported,
      events,
    };
    // JSON leaves out what is undefined.
    transport.add(JSON.stringify(batch), (reason) => {
      for (const event of events) drop(reason, event.count);
      for (const [earlier, count] of Object.entries(reported)) drop(earlier as DropReason, count);
    });
  }

  /** Begins a new session where the last one is over. What waits still belongs to the last one. */
  function continueSession(at: number, route: string): void {
    if (!session.isOver(at)) return;
    queue.flush("full");
    session.begin(at);
    queue.add({ type: "session_start", at, route });
  }

  return {
    record(event, path) {
      if (!isRecording) return;
      const at = Date.now();
      const route = path.slice(0, MAX_TEXT);
      if (isSending) continueSession(at, route);
      queue.add({ ...event, at, route });
    },
    drop,
    flush: queue.flush,
    open() {
      isRecording = isSending = true;
      continueSession(Date.now(), location.pathname);
      queue.open();
    },
    close() {
      queue.flush("pause");
      queue.close();
      transport.stop();
      isRecording = isSending = false;
    },
  };
}
