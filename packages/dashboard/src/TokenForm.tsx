import type { SubmitEvent } from "react";

/** Asks for the token of a collector that shows its figures to nobody else. */
export function TokenForm({ onToken }: { onToken: (token: string) => void }) {
  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    // The page's policy lets no form go anywhere; the token is sent as a header, with the stream.
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token");
    if (typeof token === "string" && token.trim() !== "") onToken(token.trim());
  };
  return (
    <form className="tokenForm" onSubmit={onSubmit}>
      <label htmlFor="token">This collector shows its figures to those who have a token for them.</label>
      <input id="token" name="token" type="password" autoComplete="off" placeholder="Token" required />
      <button type="submit">Show</button>
    </form>
  );
}
