import type { LiveAlertViewer } from "@rumkit/protocol";
import { type ReactNode, useId, useState } from "react";
import type { AlertApi } from "../stream/alertApi.ts";
import { AlertDialog, textOf } from "./AlertDialog.tsx";
import { cutLine } from "./alertText.ts";
import type { Task } from "./tasks.ts";

interface TaskDialogProps {
  task: Task;
  api: AlertApi;
  viewer: LiveAlertViewer;
  /** The collector's time. */
  now: number;
  /** Called after the change was made. */
  onDone: () => void;
  onClose: () => void;
}

/** The dialog of a task. */
export function TaskDialog({ task, api, viewer, now, onDone, onClose }: TaskDialogProps) {
  const done = async (refusal: Promise<string | undefined>): Promise<string | undefined> => {
    const reason = await refusal;
    if (reason === undefined) onDone();
    return reason;
  };
  const shared = { viewer: viewer.name, onClose };
  if (task.kind === "silence")
    return (
      <SilenceDialog
        {...shared}
        matchers={task.matchers}
        now={now}
        silence={(asked) => done(api.silence(asked))}
      />
    );
  const { title, action, about, decide } = questionOf(task, api);
  return (
    <AlertDialog
      {...shared}
      title={title}
      action={action}
      onSubmit={(_data, decision) => done(decide(decision))}
    >
      {about}
    </AlertDialog>
  );
}

/** The question of a dialog, and the answer to it. */
interface Question {
  title: string;
  /** The word of the button that does it. */
  action: string;
  about: ReactNode;
  decide: (decision: Parameters<AlertApi["acknowledge"]>[1]) => Promise<string | undefined>;
}

function questionOf(task: Exclude<Task, { kind: "silence" }>, api: AlertApi): Question {
  switch (task.kind) {
    case "acknowledge":
      return {
        title: `Acknowledge ${cutLine(task.alert.name)}`,
        action: "Acknowledge",
        about: <p className="hint">It goes on to fire, and everyone sees that you look into it.</p>,
        decide: (decision) => api.acknowledge(task.alert.episode, decision),
      };
    case "end":
      return {
        title: "End the silence",
        action: "End the silence",
        about: (
          <p className="matchers">
            <code>{cutLine(task.silence.matchers.join(", "))}</code>
          </p>
        ),
        decide: (decision) => api.endSilence(task.silence.id, decision),
      };
    case "approve":
    case "reject": {
      const action = task.kind === "approve" ? "Approve" : "Reject";
      return {
        title: `${action} ${cutLine(task.action.name)}`,
        action,
        about: <p className="hint">{`Alert ${cutLine(task.action.alert)} asks for it.`}</p>,
        decide: (decision) => api[task.kind](task.action.id, decision),
      };
    }
  }
}

/** Lengths of a silence in minutes. */
const LENGTHS = [
  [30, "30 minutes"],
  [60, "1 hour"],
  [240, "4 hours"],
  [1_440, "1 day"],
  [10_080, "7 days"],
] as const;

const DEFAULT_LENGTH = 60;

interface SilenceDialogProps extends Pick<TaskDialogProps, "now" | "onClose"> {
  viewer: string | null;
  matchers: readonly string[];
  silence: AlertApi["silence"];
}

/** Asks for the alerts that a silence is about, and its end. */
function SilenceDialog({ matchers, now, silence, ...shared }: SilenceDialogProps) {
  const id = useId();
  const [length, setLength] = useState(String(DEFAULT_LENGTH));
  return (
    <AlertDialog
      {...shared}
      title="Silence alerts"
      action="Silence"
      onSubmit={async (data, decision) => {
        const asked = readSilence(data, length, now);
        return typeof asked === "string" ? asked : silence({ ...asked, ...decision });
      }}
    >
      <MatchersField id={id} matchers={matchers} />
      <label htmlFor={`${id}length`}>Silent for</label>
      <select id={`${id}length`} value={length} onChange={(event) => setLength(event.currentTarget.value)}>
        {LENGTHS.map(([minutes, text]) => (
          <option key={minutes} value={minutes}>
            {text}
          </option>
        ))}
        <option value="until">Until …</option>
      </select>
      {length === "until" && (
        <>
          <label htmlFor={`${id}until`}>End</label>
          <input id={`${id}until`} name="until" type="datetime-local" required />
        </>
      )}
    </AlertDialog>
  );
}

/** Returns the alerts and the end that the fields ask for, or a sentence that says what is missing. */
function readSilence(
  data: FormData,
  length: string,
  now: number,
): Pick<Parameters<AlertApi["silence"]>[0], "matchers" | "endsAt"> | string {
  const matchers = textOf(data, "matchers")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const endsAt =
    length === "until" ? new Date(textOf(data, "until")).getTime() : now + Number(length) * 60_000;
  if (matchers.length === 0) return "Name the alerts: at least one matcher.";
  if (!(endsAt > now)) return "Give an end that is not in the past.";
  return { matchers, endsAt };
}

function MatchersField({ id, matchers }: { id: string; matchers: readonly string[] }) {
  return (
    <>
      <label htmlFor={`${id}matchers`}>Alerts with all of these labels, one per line</label>
      <textarea
        id={`${id}matchers`}
        name="matchers"
        rows={Math.min(8, Math.max(3, matchers.length))}
        defaultValue={matchers.join("\n")}
        spellCheck={false}
        required
        aria-describedby={`${id}form`}
      />
      <p className="hint" id={`${id}form`}>
        As in Alertmanager: <code>alertname=ShopSlow</code>, <code>team!=web</code>,{" "}
        <code>route=~"/cart|/pay"</code>
      </p>
    </>
  );
}
