import { useId, useState } from "react";
import type { LiveApi } from "../stream/liveApi.ts";

interface ShareMenuProps {
  /** Makes the address of a read-only link. */
  share: LiveApi["share"];
  /** The end of the link by which the viewer came, in ms since 1970; undefined for a viewer with a token. */
  linkEndsAt: number | undefined;
}

/** The button of a protected page for others who shall see it: with a token, or by a read-only link. */
export function ShareMenu({ share, linkEndsAt }: ShareMenuProps) {
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
      </div>
    </>
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
