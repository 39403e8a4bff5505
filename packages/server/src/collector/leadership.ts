import { createAlerting, type Alerting, type AlertingParts } from "../alerting/createAlerting.ts";
import type { Lease } from "../cluster/leases.ts";
import { openSharedDocuments, type SharedDocumentsOptions } from "../cluster/sharedDocuments.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { PartContext } from "../part/part.ts";

export interface LeadershipParts extends Pick<SharedDocumentsOptions, "records"> {
  readonly context: Pick<PartContext, "recorder">;
  /** All options of alerts but the state, which comes from the log. */
  readonly alerting: Omit<AlertingParts, "documents" | "mayAct">;
  readonly onNotice: (kind: string, sentence: string) => void;
  readonly onFault: (kind: string, sentence: string) => void;
}

/** Alerts of one leadership. */
export interface Leadership {
  readonly alerting: Alerting;
  /** False once the lease or the state of alerts belongs to another process. */
  readonly mayAct: () => boolean;
  /** Ends it: it does nothing more, and hears of nothing more. */
  readonly end: () => Promise<void>;
}

/** Begins to lead. Resolves with undefined if another process was faster. */
export async function lead(
  parts: LeadershipParts,
  lease: Lease,
  token: number,
): Promise<Leadership | undefined> {
  const { recorder } = parts.context;
  const term = createTerm(lease, token);
  const { mayAct } = term;
  const documents = await openState(parts, term);
  if (!documents) return undefined;
  recorder.record({ metric: "rum_alerts_leaderships_total", labels: {}, value: 1 });
  const followed = createFollowed(recorder);
  const alerting = createAlerting({
    ...parts.alerting,
    recorder: followed.recorder,
    documents,
    mayAct,
    warn: (kind, sentence) => {
      if (mayAct()) parts.alerting.warn(kind, sentence);
    },
  });
  return {
    alerting,
    mayAct,
    end: async () => {
      followed.end();
      try {
        await alerting.close();
      } finally {
        term.end();
      }
    },
  };
}

/** The time in which a leader may act. A pause of the process is seen here: time that has passed ends the lease. */
interface Term {
  mayAct(): boolean;
  /** The token of the lease; undefined once the leader may not act. */
  token(): number | undefined;
  end(): void;
}

function createTerm(lease: Lease, token: number): Term {
  let isOver = false;
  const mayAct = (): boolean => !isOver && lease.token === token;
  return {
    mayAct,
    token: () => (mayAct() ? token : undefined),
    end: () => {
      isOver = true;
    },
  };
}

/** Opens the state of alerts that all live roles share. Resolves with undefined if another one may write it by now. */
function openState({ records, onNotice, onFault }: LeadershipParts, term: Term) {
  return openSharedDocuments({
    records,
    token: term.token,
    onFenced: () => {
      term.end();
      onNotice("follows", "Another live role leads: this one shows the live page only.");
    },
    onFailure: (error) => onFault("state", `State of alerts waits for the log: ${String(error)}`),
  });
}

/** A recorder that stops calling listeners of an alerting part that has ended. */
function createFollowed(recorder: Recorder): { readonly recorder: Recorder; readonly end: () => void } {
  let isOver = false;
  return {
    recorder: {
      ...recorder,
      onCount: (sink) => {
        let listenerOf: typeof sink | undefined = sink;
        recorder.onCount((series) => {
          if (isOver) listenerOf = undefined;
          return listenerOf?.(series);
        });
      },
      onEnd: (listener) =>
        recorder.onEnd((ended, counter) => (isOver ? undefined : listener(ended, counter))),
    },
    end: () => {
      isOver = true;
    },
  };
}
