import type { Catalog } from "@rumkit/protocol";
import { createAlertListener } from "../actions/alertListener.ts";
import { createActions } from "../actions/createActions.ts";
import { createRules } from "../actions/createRules.ts";
import type { Moment } from "../alerts/alert.ts";
import { createComparedValues } from "../alerts/comparedValues.ts";
import { createEngine, type Engine, ENGINE_SECTIONS } from "../alerts/engine.ts";
import { createRecorderSource } from "../alerts/source.ts";
import { createAuditLog, type KeptAuditLog } from "../audit/createAuditLog.ts";
import { auditRules } from "../audit/ruleChanges.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { createNotices, type Notices } from "../notices/createNotices.ts";
import { readMatchers } from "../notices/matchers.ts";
import { createReceiver } from "../receivers/createReceiver.ts";
import type { ReleaseReceiver } from "../receivers/pagerduty.ts";
import { createAlertDesk } from "./alertDesk.ts";
import { createAlertLinks } from "./alertLinks.ts";
import type { AlertDesk } from "./alertRoutes.ts";
import { type AlertValuesOf, createAlertValues } from "./alertValues.ts";
import type { AlertsOptions } from "./alertsOptions.ts";
import { createEndedEpisodes } from "./endedEpisodes.ts";
import { createFigureOf } from "./figures.ts";
import { createTick, type TickParts } from "./createTick.ts";
import { createReleaseEvents } from "./releaseEvents.ts";
import { createHeartbeatOf } from "./heartbeat.ts";
import { createLiveAlertView, type LiveAlertView } from "./liveAlerts.ts";
import { rulesToAudit } from "./rulesToAudit.ts";

export interface AlertingParts {
  /** Options that were checked. */
  readonly options: AlertsOptions;
  readonly catalog: Catalog;
  readonly recorder: Recorder;
  readonly documents: KeptDocuments;
  /** Milliseconds since 1970. */
  readonly now: () => Moment;
  /** The newest release that pages reported. */
  readonly release: () => string | undefined;
  /**
   * Returns false while another process may send notices: then nothing is sent. Default: always true.
   */
  readonly mayAct?: (() => boolean) | undefined;
  /** Says what went wrong, once of each kind. */
  readonly warn: (kind: string, sentence: string) => void;
}

/** Alerts from evaluation to action. */
export interface Alerting {
  readonly desk: AlertDesk;
  readonly view: LiveAlertView;
  readonly audit: KeptAuditLog;
  /** Changes with everything that people see of alerts, apart from values and ages. */
  version(): number;
  /** Evaluates all alerts, and does what follows. */
  tick(): void;
  /** Records the gauges. */
  show(): void;
  close(): Promise<void>;
}

/** Connects the engine to notices, actions and the audit log. State from before this start is taken over. */
export function createAlerting(parts: AlertingParts): Alerting {
  const { options, catalog, documents, now } = parts;
  const onFailed = (error: unknown): void =>
    parts.warn("not_kept", `State of alerts cannot be kept: ${String(error)}`);
  const audit = createAuditLog({ documents, now, onFailed });
  const { engine, valuesOf } = startEngine(parts);
  const actions = startActions(parts, audit);
  const receivers = createReceivers(parts);
  const written = watchWrites(documents, actions.kept);
  const notices = startNotices({ ...parts, documents: written }, receivers, audit, onFailed);
  const showRelease = startReleaseEvents(parts, receivers);
  const acting = { notices, actions, ended: createEndedEpisodes(documents) };
  const view = createLiveAlertView({ ...engine, ...acting, figureOf: createFigureOf(catalog), now });
  const rules = auditRules(rulesToAudit(catalog, engine.rules, options), { documents, audit, at: now() });
  const tick = startTick(parts, { ...acting, engine, audit, show: view.show, first: rules });

  return {
    desk: createAlertDesk({ view, valuesOf, notices, actions, now, record: parts.recorder.record }),
    view,
    audit,
    version: createVersion(audit, notices),
    tick: () => {
      tick();
      showRelease(now());
    },
    show: notices.show,
    close: async () => {
      await actions.stop();
      // The first evaluation keeps the rules, and may not have been.
      await documents.write([...rules, ...actions.toKeep()]).catch(onFailed);
      await notices.close();
      await audit.flush();
    },
  };
}

/** Starts the engine. `valuesOf` returns what it compared. */
function startEngine({ options, catalog, recorder, documents, release, warn }: AlertingParts): {
  readonly engine: Engine;
  readonly valuesOf: AlertValuesOf;
} {
  const compared = createComparedValues();
  const engine = createEngine({
    catalog,
    metrics: recorder.families.map(({ descriptor }) => descriptor),
    source: createRecorderSource(recorder),
    links: createAlertLinks(catalog.app, options.links),
    release,
    onVerdicts: compared.record,
    onError: (rule, error) => warn(`rule ${rule}`, `The alert ${rule} cannot be evaluated: ${error.message}`),
  });
  engine.restore(
    ENGINE_SECTIONS.flatMap((section) =>
      [...documents.read(section)].map(([key, text]) => [section, key, text] as const),
    ),
  );
  // An increase begins here: what is counted before the first evaluation belongs to it.
  engine.sample();
  return { engine, valuesOf: createAlertValues({ ...engine, compared }) };
}

function startActions(parts: AlertingParts, audit: KeptAuditLog) {
  const { options, documents, now } = parts;
  const rules = createRules({
    actions: options.actions ?? {},
    context: contextOf(parts),
    createMatch: readMatchers,
  });
  return createActions({ rules, documents, audit: audit.add, now });
}

function createReceivers(parts: AlertingParts): readonly ReleaseReceiver[] {
  const context = contextOf(parts);
  return Object.entries(parts.options.receivers ?? {})
    .map(([name, receiver]) => createReceiver(name, receiver, context))
    .map((receiver) => (parts.mayAct ? whileMayAct(receiver, parts.mayAct) : receiver));
}

/** Sends nothing while another process may: its leader has the same notices. */
function whileMayAct(receiver: ReleaseReceiver, mayAct: () => boolean): ReleaseReceiver {
  const { send, sendRelease } = receiver;
  const refused = { kind: "retry", reason: "Another process sends notices." } as const;
  return {
    ...receiver,
    send: async (delivery) => (mayAct() ? send(delivery) : refused),
    ...(sendRelease && { sendRelease: async (release) => (mayAct() ? sendRelease(release) : refused) }),
  };
}

function contextOf({ options, now }: AlertingParts) {
  return { now, allowPrivateAddresses: options.allowPrivateAddresses };
}

function startNotices(
  parts: AlertingParts,
  receivers: readonly ReleaseReceiver[],
  audit: KeptAuditLog,
  onFailed: (error: unknown) => void,
): Notices {
  const { options, recorder, documents, now } = parts;
  return createNotices({
    options,
    receivers,
    documents,
    now,
    random: Math.random,
    audit,
    record: recorder.record,
    heartbeat: options.heartbeat && createHeartbeatOf(options.heartbeat, contextOf(parts)),
    onFailed,
  });
}

function startReleaseEvents(
  parts: AlertingParts,
  receivers: readonly ReleaseReceiver[],
): (at: Moment) => void {
  const { catalog, options } = parts;
  return createReleaseEvents({ ...parts, receivers, app: catalog.app, live: options.links?.live });
}

function startTick(
  { options, now, warn }: AlertingParts,
  acting: Omit<TickParts, "now" | "listen" | "warn">,
): () => void {
  const listen = options.onAlert && createAlertListener(options.onAlert, (text) => warn("on_alert", text));
  return createTick({ ...acting, now, listen, warn });
}

/** Returns documents that report each write that is durable. */
function watchWrites(
  documents: KeptDocuments,
  onKept: (changes: Parameters<KeptDocuments["write"]>[0]) => void,
): KeptDocuments {
  return {
    read: documents.read,
    write: async (changes) => {
      await documents.write(changes);
      onKept(changes);
    },
  };
}

/** The audit log has an entry about all changes but those of receivers. */
function createVersion(audit: KeptAuditLog, notices: Notices): () => number {
  let version = 0;
  let seen = "";
  return () => {
    const states = notices
      .receivers()
      .map(({ state, waiting, deadLetters }) => `${state} ${waiting} ${deadLetters}`);
    const now = `${audit.lastId()} ${states.join()}`;
    if (now !== seen) version += 1;
    seen = now;
    return version;
  };
}
