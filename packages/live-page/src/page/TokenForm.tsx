import { type SubmitEvent, useEffect, useRef } from "react";

export interface TokenFormProps {
  /** The collector refused the token that it was given. */
  isWrong: boolean;
  onToken: (token: string) => void;
}

/** Asks for the token of a collector that shows its figures to nobody else. */
export function TokenForm({ isWrong, onToken }: TokenFormProps) {
  const field = useRef<HTMLInputElement>(null);
  // There is nothing else to do on the page.
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    // The page's policy lets no form go anywhere; the token is sent as a header, with the stream.
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
        aria-invalid={isWrong}
        aria-describedby="tokenFault"
      />
      <button type="submit">Continue</button>
      <p id="tokenFault" role="alert">
        {isWrong &&
          "This token does not open the live page of this collector. Use one of scope live or admin."}
      </p>
    </form>
  );
}
