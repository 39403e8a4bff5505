import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "./random.ts";

export interface LoadOptions {
  /** `http://127.0.0.1:4000`. */
  readonly origin: string;
  readonly seed: number;
  /** Ends the clients. */
  readonly signal: AbortSignal;
}

/** A request as curl would send it. */
interface Call {
  readonly path: string;
  /** Default none: a GET. */
  readonly body?: unknown;
}

/** Sends a call and returns its answer. */
export async function send(origin: string, { path, body }: Call, signal?: AbortSignal) {
  const post = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  };
  const response = await fetch(origin + path, {
    ...(body !== undefined && post),
    ...(signal && { signal }),
  });
  return { status: response.status, text: await response.text() };
}

const CLIENTS = 3;

/** Runs three clients that browse, buy, log in and out, and make mistakes, the same for the same seed, until the signal. */
export async function runLoad(options: LoadOptions): Promise<void> {
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => runClient(options, index)));
}

async function runClient({ origin, seed, signal }: LoadOptions, index: number): Promise<void> {
  const random = createRandom(seed * CLIENTS + index);
  let session: string | undefined;
  for (let round = 0; !signal.aborted; round += 1) {
    const call = draw(random(), `visitor-${index}-${round}`, session);
    // A server that stops ends one call and not the client.
    const answer = await send(origin, call, signal).catch(() => undefined);
    if (call.path === "/api/logout") session = undefined;
    const isLogin = call.path === "/api/login" && answer?.status === 200;
    if (isLogin) ({ session } = JSON.parse(answer.text) as { session: string });
    await wait(200 + random() * 600, undefined, { signal }).catch(() => {});
  }
}

function draw(drawn: number, username: string, session: string | undefined): Call {
  if (drawn < 0.08) return { path: "/api/register", body: { username, email: `${username}@example.com` } };
  if (drawn < 0.2) return { path: "/api/login", body: { username: "admin", password: "password" } };
  if (drawn < 0.22) return { path: "/api/login", body: { username: "admin", password: "wrong" } };
  if (drawn < 0.27 && session !== undefined) return { path: "/api/logout", body: { session } };
  if (drawn < 0.37) return { path: "/api/purchase", body: { payment_method: "card", amount: 29.99 } };
  if (drawn < 0.41)
    return {
      path: "/api/purchase",
      body: { payment_method: "paypal", amount: 19.95, product_category: "books" },
    };
  if (drawn < 0.43) return { path: "/api/purchase", body: { payment_method: "shells", amount: 3 } };
  if (drawn < 0.46) return { path: "/simulate-error" };
  if (drawn < 0.5) return { path: "/api/analytics/dashboard" };
  return { path: drawn < 0.6 ? "/api/orders" : "/api/products" };
}
