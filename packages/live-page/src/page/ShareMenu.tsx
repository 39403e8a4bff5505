import { type FormEvent, useId, useState } from "react";
import type { LiveApi } from "../stream/liveApi.ts";

interface ShareMenuProps {
  /** Makes the address of a read-only link. */
  share: LiveApi["share"];
  endLink: LiveApi["endLink"];
  /** The end of the link by which the viewer came, in ms since 1970; undefined for a viewer with a token. */
  linkEndsAt: number | undefined;
}

/** The button of a protected page for others who shall see it: with a token, or by a read-only link. */
export function ShareMenu({ share, endLink, linkEndsAt }: ShareMenuProps) {
  const id = useId();
  const { link, message, copy, onShare } = useShare(share);
  return (
    <>
      <button type="button" className="pause" popoverTarget={id}>
        Share
      </button>
      <div className="help share" id={id} popover="auto">
        <button type="button" onClick={() => void copy(location.href, "Link copied.")}>
          Copy link
        </button>
        <p className="hint">For people who have a token.</p>
        <button type="button" onClick={() => void onShare()}>
          Copy read-only link{linkEndsAt === undefined && " (24 h)"}
        </button>
        <p className="hint">
          Opens this page for everyone who has the link
          {linkEndsAt === undefined ? "" : `, until ${renderMoment(linkEndsAt)}`}, and nothing else.
        </p>
        {link !== undefined && (
          <input
            readOnly
            value={link}
            aria-label="Read-only link"
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
        <p role="status">{message}</p>
        {linkEndsAt === undefined && <EndForm key={link} link={link} endLink={endLink} />}
      </div>
    </>
  );
}

/** Ends a link before its time: the one that was just made, or one that is pasted. */
function EndForm({ link = "", endLink }: { link: string | undefined; endLink: LiveApi["endLink"] }) {
  const [text, setText] = useState(link);
  const [message, setMessage] = useState("");
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setMessage("");
    const fault = await endLink(text);
    setMessage(fault ?? "The link has ended.");
  };
  return (
    <form onSubmit={(event) => void onSubmit(event)}>
      <input
        required
        value={text}
        aria-label="Link to end"
        placeholder="Paste a read-only link"
        onChange={(event) => setText(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
      />
      <button type="submit">End read-only link</button>
      <p className="hint">Ends it before its time, for everyone who has it.</p>
      <p role="status">{message}</p>
    </form>
  );
}

/** Copies the address of the page, or a read-only link that it makes. */
function useShare(share: LiveApi["share"]) {
  const [message, setMessage] = useState("");
  const [link, setLink] = useState<string>();
  const copy = async (text: string, done: string): Promise<void> => {
    // Only in secure contexts, and after a request some browsers do not allow it any more.
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setMessage(isCopied ? done : "Copy it from the field.");
  };
  const onShare = async (): Promise<void> => {
    setMessage("");
    const made = await share();
    setLink(made);
    if (made === undefined) setMessage("The collector made no link. Try again.");
    else await copy(made, "Read-only link copied.");
  };
  return { link, message, copy, onShare };
}

/** Formats a moment with its day. */
export function renderMoment(at: number): string {
  return new Date(at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
