import type { LiveAlertState } from "@rumkit/protocol";
import type { AlertingParts } from "../alerting/createAlerting.ts";
import { type AlertDesk, alertRoutes } from "../alerting/alertRoutes.ts";
import { noAlerts } from "../alerting/liveAlerts.ts";
import type { AuditLog } from "../audit/audit.ts";
import { createLease, type Lease } from "../cluster/leases.ts";
import type { LiveRoleOptions } from "../merge/liveRoleOptions.ts";
import { NoticeRequestError } from "../notices/silences.ts";
import type { Part, PartContext } from "../part/part.ts";
import { lead, type Leadership } from "./leadership.ts";
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
  const { options, onNotice } = parts;
  const { broker, name } = parts.cluster;
  const { record } = context.recorder;
  const faults = createFaults(onNotice);
  const onFault = (error: unknown): void =>
    faults.tell("lease", `The lease cannot be renewed: ${String(error)}`);
  const lease = createLease({ records: broker.records, key: "lease.live", owner: name, onFault });
  const leader = createLeader(context, parts, { lease, faults });
  const steps = createSteps(() => leader.step().catch(onFault));
  const desk = createDesk(
    () => leader.acting()?.alerting.desk,
    () => lease.holder,
  );
  const audit: AuditLog = {
    add: (entry) => leader.leading()?.alerting.audit.add(entry),
    read: (selection) => leader.leading()?.alerting.audit.read(selection) ?? [],
  };
  return {
    routes: alertRoutes({ desk, audit, context, proxies: options }),
    show: () => {
      record({ metric: "rum_alerts_leading", labels: {}, value: leader.acting() ? 1 : 0 });
      leader.acting()?.alerting.show();
    },
    tick: () => {
      if (!leader.leading()) return;
      const { alerting } = leader.acting() ?? {};
      if (!alerting) return void leader.stepDown().catch(onFault);
      alerting.tick();
      context.showAlerts(alerting.view.state(alerting.version()));
    },
    close: async () => {
      await steps.end();
      await leader.stepDown();
      await lease.release();
    },
  };
}

const NO_ALERTS: LiveAlertState = { firing: 0, pending: 0, worst: null, version: 0 };

interface LeaderState {
  readonly lease: Lease;
  readonly faults: Faults;
}

/** Leads once it has the lease, and follows once it has lost it. */
function createLeader(
  context: PartContext,
  { cluster, alerting, mayLead, onNotice }: LeadingAlertsParts,
  { lease, faults }: LeaderState,
) {
  const { broker, name } = cluster;
  let leading: Leadership | undefined;
  const acting = (): Leadership | undefined => (leading?.mayAct() === true ? leading : undefined);
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
    if (!acting()) await stepDown();
    if (token === undefined || leading) return;
    const { records } = broker;
    leading = await lead({ context, records, alerting, onNotice, onFault: faults.tell }, lease, token);
    faults.forget();
    if (leading) onNotice("leads", `The live role ${name} leads: it evaluates alerts and sends notices.`);
  };
  return {
    /** The leadership that has not ended yet. Its lease may be lost. */
    leading: () => leading,
    /** The leadership that has the lease. */
    acting,
    stepDown,
    step,
  };
}

interface Faults {
  tell(kind: string, sentence: string): void;
  /** The same fault counts as another one from now on. */
  forget(): void;
}

/** Tells each fault once: a log that is away is tried again several times a second. */
function createFaults(onNotice: LeadingAlertsParts["onNotice"]): Faults {
  const told = new Map<string, string>();
  return {
    tell: (kind, sentence) => {
      if (told.get(kind) !== sentence) onNotice(kind, sentence);
      told.set(kind, sentence);
    },
    forget: () => told.clear(),
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
