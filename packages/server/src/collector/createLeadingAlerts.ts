import type { LiveAlertState } from "@rumkit/protocol";
import { createAlerting, type Alerting, type AlertingParts } from "../alerting/createAlerting.ts";
import { type AlertDesk, alertRoutes } from "../alerting/alertRoutes.ts";
import { noAlerts } from "../alerting/liveAlerts.ts";
import { createLease, type Lease } from "../cluster/leases.ts";
import { openSharedDocuments } from "../cluster/sharedDocuments.ts";
import type { LiveRoleOptions } from "../merge/liveRoleOptions.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { NoticeRequestError } from "../notices/silences.ts";
import type { Part, PartContext } from "../part/part.ts";
import type { PartOptions } from "./parts.ts";

export interface LeadingAlertsParts {
  readonly cluster: LiveRoleOptions;
  readonly options: PartOptions;
  /** All options of alerts but the state, which comes from the log. */
  readonly alerting: Omit<AlertingParts, "documents" | "mayAct">;
  /** False until the totals of all aggregators are counted: alerts would take them for an increase. */
  readonly mayLead: () => boolean;
  readonly onNotice: (kind: string, sentence: string) => void;
}

/** Alerts of one leadership. */
interface Leadership {
  readonly alerting: Alerting;
  /** False once the lease or the state of alerts belongs to another process. */
  readonly mayAct: () => boolean;
  /** Ends it: it does nothing more, and hears of nothing more. */
  readonly end: () => Promise<void>;
}

/**
 * Milliseconds between two renewals of the lease: ten in the time after which another process takes it. So another one
 * leads six seconds after a SIGKILL.
 */
const STEP_MS = 500;

/**
 * Evaluates alerts and sends notices while this live role leads; others only show the live page. The state of alerts is
 * shared over the log, so the next leader continues every episode with the same keys.
 *
 * A leader that finds that another one leads ends its alerting part and follows: it needs no restart, because all state is
 * read anew when it leads again.
 */
export function createLeadingAlerts(context: PartContext, parts: LeadingAlertsParts): Part {
  const { cluster, options, mayLead, onNotice } = parts;
  const { broker, name } = cluster;
  const { record } = context.recorder;
  const faults = createFaults(onNotice);
  const onFault = (error: unknown): void =>
    faults.tell("lease", `The lease cannot be renewed: ${String(error)}`);
  const lease = createLease({ records: broker.records, key: "lease.live", owner: name, onFault });
  let leading: Leadership | undefined;
  const isLeading = (): boolean => leading?.mayAct() === true;

  const stepDown = async (): Promise<void> => {
    const ended = leading;
    leading = undefined;
    if (!ended) return;
    context.showAlerts(NO_ALERTS);
    await ended.end();
  };
  const step = async (): Promise<void> => {
    if (!leading && !mayLead()) return;
    const token = await lease.step();
    if (!isLeading()) await stepDown();
    if (token === undefined || leading) return;
    leading = await lead(context, { ...parts, onFault: faults.tell }, lease, token);
    faults.forget();
    if (leading) onNotice("leads", `The live role ${name} leads: it evaluates alerts and sends notices.`);
  };
  const steps = createSteps(() => step().catch(onFault));
  return {
    routes: alertRoutes({
      desk: createDesk(
        () => (isLeading() ? leading?.alerting.desk : undefined),
        () => lease.holder,
      ),
      audit: {
        add: (entry) => leading?.alerting.audit.add(entry),
        read: (selection) => leading?.alerting.audit.read(selection) ?? [],
      },
      context,
      proxies: options,
    }),
    show: () => {
      record({ metric: "rum_alerts_leading", labels: {}, value: isLeading() ? 1 : 0 });
      if (isLeading()) leading?.alerting.show();
    },
    tick: () => {
      if (!leading) return;
      if (!isLeading()) return void stepDown().catch(onFault);
      const { alerting } = leading;
      alerting.tick();
      context.showAlerts(alerting.view.state(alerting.version()));
    },
    close: async () => {
      await steps.end();
      await stepDown();
      await lease.release();
    },
  };
}

const NO_ALERTS: LiveAlertState = { firing: 0, pending: 0, worst: null, version: 0 };

/** Tells each fault once: a log that is away is tried again several times a second. */
function createFaults(onNotice: LeadingAlertsParts["onNotice"]) {
  const told = new Map<string, string>();
  return {
    tell: (kind: string, sentence: string): void => {
      if (told.get(kind) !== sentence) onNotice(kind, sentence);
      told.set(kind, sentence);
    },
    /** The same fault counts as another one from now on. */
    forget: (): void => told.clear(),
  };
}

/** Begins to lead. Resolves with undefined if another process was faster. */
async function lead(
  { recorder }: Pick<PartContext, "recorder">,
  {
    cluster: { broker },
    alerting: parts,
    onNotice,
    onFault,
  }: LeadingAlertsParts & { readonly onFault: (kind: string, sentence: string) => void },
  lease: Lease,
  token: number,
): Promise<Leadership | undefined> {
  let isOver = false;
  /** A pause of the process is seen here: time that has passed ends the lease. */
  const mayAct = (): boolean => !isOver && lease.token === token;
  const documents = await openSharedDocuments({
    records: broker.records,
    token: () => (mayAct() ? token : undefined),
    onFenced: () => {
      isOver = true;
      onNotice("follows", "Another live role leads: this one shows the live page only.");
    },
    onFailure: (error) => onFault("state", `State of alerts waits for the log: ${String(error)}`),
  });
  if (!documents) return undefined;
  recorder.record({ metric: "rum_alerts_leaderships_total", labels: {}, value: 1 });
  const followed = createFollowed(recorder);
  const alerting = createAlerting({
    ...parts,
    recorder: followed.recorder,
    documents,
    mayAct,
    warn: (kind, sentence) => {
      if (mayAct()) parts.warn(kind, sentence);
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
        isOver = true;
      }
    },
  };
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

/** Runs a step twice a second, one at a time. */
function createSteps(step: () => Promise<void>): { readonly end: () => Promise<void> } {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= step().finally(() => {
      running = undefined;
    });
  }, STEP_MS).unref();
  return {
    end: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** The desk of the leader. Others refuse what people decide, and name the leader. */
function createDesk(current: () => AlertDesk | undefined, leader: () => string | undefined): AlertDesk {
  const refused = (): NoticeRequestError =>
    new NoticeRequestError(
      "not_kept",
      `This live role does not lead. Send the request to ${leader() ?? "the one that leads, within ten seconds"}.`,
    );
  return {
    read: (viewer) => current()?.read(viewer) ?? noAlerts(viewer, Date.now()),
    valuesOf: (episode) => current()?.valuesOf(episode),
    acknowledge: async (episode, author) => current()?.acknowledge(episode, author) ?? refused(),
    silence: async (request, author) => current()?.silence(request, author) ?? refused(),
    endSilence: async (id, author) => current()?.endSilence(id, author) ?? refused(),
    approve: async (id, author) => current()?.approve(id, author) ?? "not_kept",
    reject: async (id, author) => current()?.reject(id, author) ?? "not_kept",
    test: async (receiver, author) => current()?.test(receiver, author) ?? refused(),
    outcomeOf: (receiver, notice) => current()?.outcomeOf(receiver, notice),
  };
}
