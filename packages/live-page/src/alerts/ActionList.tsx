import type { LiveAction } from "@rumkit/protocol";
import { useContext } from "react";
import { cutLine, cutText, renderMoment, renderPassed } from "./alertText.ts";
import { AuditTrail } from "./AuditTrail.tsx";
import { ControlsContext } from "./tasks.ts";

const STATES: Readonly<Record<LiveAction["state"], string>> = {
  awaiting_approval: "awaits approval",
  running: "running",
  done: "done",
  failed: "failed",
  rejected: "rejected",
  expired: "expired",
};

/** Actions that alerts asked for, those that wait for a person first. */
export function ActionList({ actions, now }: { actions: readonly LiveAction[]; now: number }) {
  if (actions.length === 0) return null;
  const waits = (action: LiveAction): number => Number(action.state === "awaiting_approval");
  const sorted = actions.toSorted((a, b) => waits(b) - waits(a) || b.requestedAt - a.requestedAt);
  return (
    <section className="panel" aria-labelledby="actionsTitle">
      <h2 id="actionsTitle">Actions</h2>
      <ul className="alertList">
        {sorted.map((action) => (
          <ActionRow key={action.id} action={action} now={now} />
        ))}
      </ul>
    </section>
  );
}

function ActionRow({ action, now }: { action: LiveAction; now: number }) {
  const { id, name, alert, state, requestedAt, helped, outcome } = action;
  return (
    <li className="alertItem" data-state={state} data-row={id}>
      <p>
        <b>{cutLine(name)}</b> <span className="chip">{STATES[state] ?? cutLine(state)}</span>
        {helped !== null && (
          <span className="chip" data-helped={helped}>
            {helped ? "helped" : "did not help"}
          </span>
        )}{" "}
        <span className="hint">
          for {cutLine(alert)}, {renderMoment(requestedAt, now)} ({renderPassed(now - requestedAt)} ago)
        </span>
      </p>
      <Approvals action={action} />
      {outcome !== null && (
        <p className="hint">
          <bdi>{cutText(outcome)}</bdi>
        </p>
      )}
      <AuditTrail about={id} revision={JSON.stringify(action)} now={now} />
    </li>
  );
}

/** The approvals so far, those that are missing, and the buttons of a viewer who may give one. */
function Approvals({ action }: { action: LiveAction }) {
  const { viewer, start } = useContext(ControlsContext);
  const { state, approvedBy, approvalsMissing } = action;
  const given = approvedBy.length > 0 ? `Approved by ${cutLine(approvedBy.join(", "))}.` : "";
  if (state !== "awaiting_approval") return given === "" ? null : <p>{given}</p>;
  const hasApproved = viewer.name !== null && approvedBy.includes(viewer.name);
  return (
    <>
      <p>{[given, missingText(approvalsMissing, approvedBy.length)].filter(Boolean).join(" ")}</p>
      {viewer.mayAct && (
        <div className="chips">
          {hasApproved ? (
            <span className="hint">You approved it. Another person must approve it, too.</span>
          ) : (
            <button type="button" onClick={() => start({ kind: "approve", action })}>
              Approve…
            </button>
          )}
          <button type="button" onClick={() => start({ kind: "reject", action })}>
            Reject…
          </button>
        </div>
      )}
    </>
  );
}

function missingText(missing: number, given: number): string {
  if (missing > 1) return `${missing} approvals are missing, each by another person.`;
  return given > 0 ? "1 more approval is missing, by another person." : "1 approval is missing.";
}
