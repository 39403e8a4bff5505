import type { AuditEntry, AuditEvent } from "@rumkit/protocol";
import { useContext, useState } from "react";
import { usePolled } from "../stream/usePolled.ts";
import { cutLine, cutText, renderMoment } from "./alertText.ts";
import { ControlsContext } from "./tasks.ts";

const WORDS: Readonly<Record<AuditEvent, string>> = {
  rules_changed: "changed the rules",
  alert_pending: "saw it begin",
  alert_inactive: "saw it end before it fired",
  alert_fired: "fired it",
  alert_resolved: "resolved it",
  alert_acknowledged: "acknowledged it",
  notice_queued: "queued a notice",
  notice_delivered: "delivered a notice",
  notice_failed: "could not deliver a notice",
  receiver_disabled: "disabled the receiver",
  silence_created: "silenced it",
  silence_ended: "ended the silence",
  action_requested: "asked for the action",
  action_approved: "approved it",
  action_rejected: "rejected it",
  action_run: "ran it",
  action_failed: "saw it fail",
  action_verified: "verified it",
};

interface AuditTrailProps {
  /** An alert's episode, the id of a silence or of an action; undefined for the whole log. */
  about: string | undefined;
  /** Something that is different after each change. */
  revision: string;
  now: number;
}

/** Milliseconds between two polls of an open trail. A change is polled at once. */
const EVERY_MS = 30_000;

/** The audit log about one thing, oldest first. It is asked for when it is opened. */
export function AuditTrail({ about, revision, now }: AuditTrailProps) {
  const { audit } = useContext(ControlsContext);
  const [isOpen, setOpen] = useState(false);
  const load = async (): Promise<Answer> => (await audit(about)) ?? "failed";
  const entries = usePolled(load, EVERY_MS, isOpen ? `about ${about}` : undefined, { revision });
  return (
    <details className="auditTrail" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{about === undefined ? "Audit log: the newest entries" : "Audit trail"}</summary>
      {isOpen && <Entries entries={entries} now={now} />}
    </details>
  );
}

type Answer = readonly AuditEntry[] | "failed";

function Entries({ entries, now }: { entries: Answer | undefined; now: number }) {
  if (entries === undefined) return <p className="hint">Waiting for the audit log…</p>;
  if (entries === "failed") return <p className="hint">The collector gave no audit log.</p>;
  if (entries.length === 0) return <p className="hint">The audit log has nothing about it.</p>;
  return (
    <ol>
      {entries.map(({ id, at, who, what, why, facts }) => (
        <li key={id}>
          <time>{renderMoment(at, now)}</time> <b>{cutLine(who)}</b> {WORDS[what] ?? cutLine(what)}
          {why && (
            <>
              : <bdi>{cutText(why)}</bdi>
            </>
          )}
          {facts && <Facts facts={facts} />}
        </li>
      ))}
    </ol>
  );
}

function Facts({ facts }: { facts: NonNullable<AuditEntry["facts"]> }) {
  const text = Object.entries(facts)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
  return <span className="hint">{` (${cutLine(text)})`}</span>;
}
