import { steadyNow } from "../base/steadyNow.ts";
import { type ActiveSessions, createActiveSessions } from "../collect/activeSessions.ts";
import { createDelayReading, createOverload, type Overload } from "../collect/overload.ts";
import type { Journal } from "../journal/journal.ts";
import type { RecordSample } from "../metrics/sample.ts";
import type { Part } from "../part/part.ts";

/** The current load: the active sessions, and the overload check. */
export interface Load extends Part {
  readonly sessions: ActiveSessions;
  readonly overload: Overload;
}

export function createLoad(journal: Journal, record: RecordSample): Load {
  const sessions = createActiveSessions(steadyNow, {
    onLost: (value) => record({ metric: "rum_batches_lost_total", labels: {}, value }),
    onRated: (experience, times) =>
      record({ metric: "rum_sessions_rated_total", labels: { experience }, value: 1, times }),
  });
  const delay = createDelayReading();
  const overload = createOverload(() => ({
    delayMs: delay.read(),
    journalMs: journal.state?.().waitingMs ?? 0,
  }));
  return {
    sessions,
    overload,
    show: () => record({ metric: "rum_active_sessions", labels: {}, value: sessions.count() }),
    tick: () => {
      overload.read();
      record({ metric: "rum_overload_level", labels: {}, value: overload.level });
    },
    leave: delay.stop,
  };
}
