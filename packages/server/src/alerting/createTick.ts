import type { LiveAlert } from "@rumkit/protocol";
import type { Actions } from "../actions/actions.ts";
import type { Alert, AlertChange, Moment } from "../alerts/alert.ts";
import type { Engine } from "../alerts/engine.ts";
import type { AuditLog } from "../audit/audit.ts";
import type { DocumentChange } from "../journal/keptDocuments.ts";
import type { Notices } from "../notices/createNotices.ts";
import { createChangeAudit } from "./auditChanges.ts";
import type { EndedEpisodes } from "./endedEpisodes.ts";

export interface TickParts {
  readonly engine: Engine;
  readonly notices: Notices;
  readonly actions: Actions;
  readonly audit: AuditLog;
  readonly ended: EndedEpisodes;
  readonly show: (alert: Alert) => LiveAlert;
  readonly now: () => Moment;
  /** Kept with the first evaluation. */
  readonly first: readonly DocumentChange[];
  /** Hears of changes once they are durable, or refused. */
  readonly listen: ((changes: readonly AlertChange[]) => void) | undefined;
  readonly warn: (kind: string, sentence: string) => void;
}

/**
 * Returns one evaluation and all that follows: the audit log, actions, notices. The states of engine, actions and notices
 * are durable together, or not at all. Never throws.
 */
export function createTick(parts: TickParts): () => void {
  const { engine, notices, actions, ended, show, now, listen } = parts;
  const auditChanges = createChangeAudit(parts.audit);
  let { first } = parts;
  const warn = (error: unknown): void => parts.warn("tick", `Alerts were not evaluated: ${String(error)}`);
  const evaluate = async (): Promise<void> => {
    const at = now();
    const changes = engine.evaluate(at);
    const current = engine.current();
    auditChanges(changes);
    actions.tick(changes, current, at);
    const history = changes.flatMap(({ kind, alert }) => (kind === "resolved" ? ended.add(show(alert)) : []));
    const extra = [...engine.save(), ...actions.toKeep(), ...history, ...first];
    first = [];
    await notices.take(changes, current, at, extra);
    listen?.(changes);
  };
  return () => void evaluate().catch(warn);
}
