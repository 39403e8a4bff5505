import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { post } from "../api.ts";
import { useFormTracking } from "../metrics.ts";

export interface AccountPageProps {
  kind: "login" | "register";
  /** Called with the account's address once the server has let the visitor in. */
  onLogin: (email: string) => void;
}

const texts = {
  login: { title: "Log in", path: "/api/login", other: "/register", otherText: "No account yet?" },
  register: { title: "Register", path: "/api/register", other: "/login", otherText: "Have an account?" },
};

/** Log in and register are the same form with another title. */
export function AccountPage({ kind, onLogin }: AccountPageProps) {
  const { title, path, other, otherText } = texts[kind];
  const [error, setError] = useState<string>();
  const navigate = useNavigate();
  const formTracking = useFormTracking(kind);

  async function enter(form: FormData): Promise<void> {
    const { value, error: refusal } = await post<{ email: string }>(path, Object.fromEntries(form));
    setError(refusal);
    if (!value) return;
    onLogin(value.email);
    await navigate("/");
  }

  return (
    <section className="narrow">
      <h1>{title}</h1>
      <form
        {...formTracking}
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          void enter(new FormData(event.currentTarget));
        }}
      >
        <label>
          E-mail
          <input name="email" type="email" autoComplete="email" required />
        </label>
        <label>
          Password
          <input name="password" type="password" autoComplete="current-password" minLength={8} required />
        </label>
        {error && <p role="alert">{error}</p>}
        <div className="sum">
          <Link to={other}>{otherText}</Link>
          <button type="submit" className="primary" data-rum={kind} data-testid={kind}>
            {title}
          </button>
        </div>
      </form>
    </section>
  );
}
