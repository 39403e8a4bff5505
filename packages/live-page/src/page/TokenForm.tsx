import { type SubmitEvent, useEffect, useRef } from "react";

export interface TokenFormProps {
  /** True if the collector rejected the token. */
  isWrong: boolean;
  onToken: (token: string) => void;
}

/** A form for the access token of a protected collector. */
export function TokenForm({ isWrong, onToken }: TokenFormProps) {
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
