import { type FormEvent, useEffect, useState } from "react";
import { ProductPage } from "./ProductPage.tsx";
import { type Answer, callApi } from "./callApi.ts";

interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly price: number;
}

const SHOWN = 8;

/** Everything below the provider: products, two forms, the endpoint that fails, and what the API answered. */
export function YourAppComponents() {
  const [products, setProducts] = useState<readonly Product[]>([]);
  const [answers, setAnswers] = useState<readonly Answer[]>([]);
  const call = async (path: string, body?: object): Promise<Answer> => {
    const answer = await callApi(path, body);
    setAnswers((before) => [answer, ...before].slice(0, SHOWN));
    return answer;
  };
  useEffect(() => {
    void callApi("/api/products").then(({ json }) => {
      if (Array.isArray(json)) setProducts(json as Product[]);
    });
  }, []);

  return (
    <>
      <header>
        <h1>Three tiers</h1>
        <nav>
          <a href="/realtime">Live page</a> <a href="/metrics">Metrics</a>
        </nav>
      </header>
      <main>
        <section aria-labelledby="products">
          <h2 id="products">Products</h2>
          <ul>
            {products.map(({ id, name, category, price }) => (
              <li key={id}>
                <span>{name}</span> <span className="price">${price.toFixed(2)}</span>
                {id === "123" && <ProductPage />}
                <button
                  className="main"
                  onClick={() =>
                    void call("/api/purchase", {
                      payment_method: "card",
                      amount: price,
                      product_category: category,
                    })
                  }
                >
                  Buy
                </button>
              </li>
            ))}
          </ul>
        </section>
        <section aria-labelledby="account">
          <h2 id="account">Account</h2>
          <AccountForm
            name="register"
            fields={{ username: "text", email: "email" }}
            onSend={(body) => void call("/api/register", body)}
          />
          <AccountForm
            name="login"
            fields={{ username: "text", password: "password" }}
            onSend={(body) => void call("/api/login", body)}
          />
        </section>
        <section aria-labelledby="errors">
          <h2 id="errors">Errors</h2>
          <p>This endpoint fails half of the time.</p>
          <button onClick={() => void call("/simulate-error")}>Simulate an error</button>
        </section>
        <section aria-labelledby="answers">
          <h2 id="answers">Answers</h2>
          {answers.length === 0 && <p>Nothing was sent yet.</p>}
          <ol role="log">
            {answers.map(({ number, path, status, text }) => (
              <li key={number}>
                <b className={status >= 200 && status < 400 ? "good" : "bad"}>{status || "no answer"}</b>{" "}
                <code>{path}</code> <small>{text}</small>
              </li>
            ))}
          </ol>
        </section>
      </main>
    </>
  );
}

interface AccountFormProps {
  readonly name: string;
  /** Types of inputs by their name. */
  readonly fields: Readonly<Record<string, string>>;
  readonly onSend: (body: object) => void;
}

function AccountForm({ name, fields, onSend }: AccountFormProps) {
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSend(Object.fromEntries(new FormData(event.currentTarget)));
  };
  return (
    <form data-rum-form={name} aria-label={name} onSubmit={send}>
      {Object.entries(fields).map(([field, type]) => (
        <label key={field}>
          {field} <input name={field} type={type} required autoComplete="off" />
        </label>
      ))}
      <button>{name === "login" ? "Log in" : "Register"}</button>
    </form>
  );
}
