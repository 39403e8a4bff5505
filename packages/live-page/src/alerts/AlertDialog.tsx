import { type ReactNode, type SubmitEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { keepAuthor, lastAuthor } from "./author.ts";

interface AlertDialogProps {
  title: string;
  /** The word of the button that does it. */
  action: string;
  /** The name of the viewer's token; null without a token: then they give their name. */
  viewer: string | null;
  /** Fields in front of the author and the reason. */
  children?: ReactNode;
  /** Does it. Returns the reason of a refusal; undefined when it was done. */
  onSubmit: (
    data: FormData,
    decision: { by: string | undefined; why: string },
  ) => Promise<string | undefined>;
  onClose: () => void;
}

/** UTF-16 units of a name and of a reason: a reason is a sentence, and the audit log keeps it for good. */
const LONGEST_NAME = 100;
const LONGEST_REASON = 500;

/** A dialog that asks who changes something about an alert, and why. Escape closes it, and the focus goes back. */
export function AlertDialog({ title, action, viewer, children, onSubmit, onClose }: AlertDialogProps) {
  const id = useId();
  const { fault, isBusy, submit } = useSubmit(onSubmit, onClose);
  const dialog = useModal();
  return (
    <dialog className="help alertDialog" ref={dialog} aria-labelledby={`${id}title`} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={`${id}title`}>{title}</h2>
        {children}
        <Author id={`${id}by`} viewer={viewer} />
        <label htmlFor={`${id}why`}>Reason</label>
        <textarea id={`${id}why`} name="why" rows={2} maxLength={LONGEST_REASON} required />
        <p className="hint">The audit log keeps the name and the reason.</p>
        <p className="fault" role="alert">
          {fault}
        </p>
        <div className="chips">
          <button type="submit" disabled={isBusy}>
            {action}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** The name of the token, or a field for the author's name. */
function Author({ id, viewer }: { id: string; viewer: string | null }) {
  if (viewer !== null) return <p>{`As ${viewer}`}</p>;
  return (
    <>
      <label htmlFor={id}>Your name</label>
      <input
        id={id}
        name="by"
        defaultValue={lastAuthor()}
        autoComplete="name"
        maxLength={LONGEST_NAME}
        pattern=".*\S.*"
        required
      />
    </>
  );
}

function useSubmit(onSubmit: AlertDialogProps["onSubmit"], onClose: () => void) {
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    // The content security policy blocks form submissions.
    event.preventDefault();
    if (isBusy) return;
    const data = new FormData(event.currentTarget);
    const by = textOf(data, "by") || undefined;
    const why = textOf(data, "why");
    if (why === "") return setFault("Give a reason.");
    if (by !== undefined) keepAuthor(by);
    setBusy(true);
    const refusal = await onSubmit(data, { by, why });
    setBusy(false);
    if (refusal === undefined) onClose();
    else setFault(refusal);
  };
  return { fault, isBusy, submit: (event: SubmitEvent<HTMLFormElement>) => void submit(event) };
}

/** Returns the text of a field without white space at its ends. */
export function textOf(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** Shows a dialog above the page, with the focus inside. */
function useModal() {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next paint: a key that came in between would meet the page below, and lose the focus later.
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element?.showModal();
    return () => {
      element?.close();
      // The browser gives the focus back only to an opener that it knows. Where it did, the viewer may be elsewhere by now.
      const isNowhere = document.activeElement === document.body || element?.contains(document.activeElement);
      if (isNowhere && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return dialog;
}
