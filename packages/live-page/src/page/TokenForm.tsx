import { type SubmitEvent, useEffect, useRef } from "react";
import type { Connection } from "../stream/stream.ts";
import { renderMoment } from "./ShareMenu.tsx";

export interface TokenFormProps {
  /** The reason why the token or the link opens nothing; undefined while there was none. */
  fault: string | undefined;
  onToken: (token: string) => void;
}

/** A form for the access token of a protected collector. */
export function TokenForm({ fault, onToken }: TokenFormProps) {
  const field = useRef<HTMLInputElement>(null);
  // The form is the only control on the page.
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    // The content security policy blocks form submissions. The stream sends the token in a header.
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token");
    if (typeof token === "string" && token.trim() !== "") onToken(token.trim());
  };
  return (
    <form className="tokenForm" onSubmit={onSubmit}>
      <label htmlFor="token">Enter your access token to see live data.</label>
      <input
        ref={field}
        id="token"
        name="token"
        type="password"
        autoComplete="current-password"
        required
        aria-invalid={fault !== undefined}
        aria-describedby="tokenFault"
      />
      <button type="submit">Continue</button>
      <p id="tokenFault" role="alert">
        {fault}
      </p>
    </form>
  );
}

/**
 * Returns the reason of a denial; undefined while a token is tried, or without one.
 *
 * @param linkEndsAt The end of the link by which the viewer came, in ms since 1970.
 */
export function denialText(
  connection: Connection,
  hasToken: boolean,
  linkEndsAt: number | undefined,
): string | undefined {
  if (connection === "linkEnded")
    return `This link ended on ${renderMoment(linkEndsAt ?? Date.now())}. Ask for a new one.`;
  if (connection === "linkRevoked") return "This link was ended before its time. Ask for a new one.";
  if (connection === "badLink")
    return "This link is not valid. It was altered, or its key is gone. Ask for a new one.";
  return connection === "denied" && hasToken
    ? "This token does not open the live page of this collector. Use one of scope live or admin."
    : undefined;
}
