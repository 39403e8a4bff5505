import type { AuditEntry, LiveAction } from "@rumkit/protocol";
import type { Alert, AlertChange, Moment } from "../alerts/alert.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { ActionState, Approval } from "./actionState.ts";

/** The result of a run, as a sentence for people. */
export interface RunOutcome {
  readonly isDone: boolean;
  readonly text: string;
}

/** Runs an action. Never throws. */
export type RunAction = (action: ActionState, signal: AbortSignal) => Promise<RunOutcome>;

/** An action of the options, ready to run. Times are milliseconds. */
export interface ActionRule {
  readonly name: string;
  readonly matches: (alert: Alert) => boolean;
  readonly approvals: number;
  readonly expiresAfterMs: number;
  readonly cooldownMs: number;
  readonly verifyAfterMs: number;
  readonly run: RunAction;
}

/** A decision of a person. */
export interface Decision extends Approval {
  readonly why: string | undefined;
}

/**
 * The result of a decision. `ended`: it awaits no approval any more. `same_person`: this token has approved it.
 * `no_token`: two people must approve, and the request has no token that could tell them apart. `not_kept`: the journal
 * refused it.
 */
export type DecisionOutcome = "done" | "unknown" | "ended" | "same_person" | "no_token" | "not_kept";

/** The actions of alerts. Each firing episode of an alert runs an action at most once, over restarts, too. */
export interface Actions {
  /**
   * Requests the actions of alerts that fire, ends requests that are late or whose alert is resolved, and looks at alerts
   * some time after their action ran.
   *
   * @param current Alerts that are pending, fire or recover.
   */
  tick(changes: readonly AlertChange[], current: readonly Alert[], at: Moment): void;
  /** Returns what is not durable yet. */
  toKeep(): readonly DocumentChange[];
  /** Call it with changes that are durable: actions that may run are sent. Changes of others are ignored. */
  kept(changes: readonly DocumentChange[]): void;
  approve(id: string, decision: Decision): Promise<DecisionOutcome>;
  reject(id: string, decision: Decision): Promise<DecisionOutcome>;
  /** Newest first, at most 100. */
  list(): readonly LiveAction[];
  /** Sends nothing any more. Resolves when open requests have ended or were given up. */
  stop(): Promise<void>;
}

/** Adds an entry to the audit log. */
export type Audit = (entry: Omit<AuditEntry, "id">) => void;
