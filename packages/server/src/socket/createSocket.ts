import type { Catalog } from "@rumkit/protocol";
import type { Recorder } from "../metrics/recorder.ts";
import { createHub, type Hub } from "./hub.ts";
import { createMessages } from "./messages.ts";
import { createSnapshots } from "./snapshots.ts";

/** The data of the WebSocket `/metrics/stream`, and its clients. */
export interface Socket {
  readonly hub: Hub;
  /** Closes a second. Call it once a second, after the gauges are read. */
  tick(): void;
  /** Closes every connection. */
  close(): void;
}

/** @param now The clock: milliseconds since 1970 that never go back. */
export function createSocket(catalog: Catalog, recorder: Recorder, now: () => number): Socket {
  const snapshots = createSnapshots(catalog, recorder, now);
  const messages = createMessages(snapshots, now);
  const hub = createHub({ snapshots, messages, now });
  return {
    hub,
    tick: () => {
      snapshots.tick();
      messages.tick();
    },
    close: hub.close,
  };
}
