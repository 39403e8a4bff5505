import type { IngestAnswer, RejectedItem } from "@rumkit/protocol";
import { orderedDelay } from "./retryDelay.ts";

/** Maximum characters of an answer that are read: a thousand rejections have fewer. */
const ANSWER_BYTES = 1_048_576;

/** The collector that receives the values. */
export interface Destination {
  readonly url: URL;
  readonly token: string | undefined;
}

/** A batch, with the same bytes and the same key on every try. States, which may be sent twice, have no key. */
export interface Posted {
  readonly key: string | undefined;
  readonly body: string;
}

/** The result of one try. */
export type PostOutcome =
  /** `rejected`: the items that the collector could not count. */
  | { readonly kind: "delivered"; readonly rejected: readonly RejectedItem[] }
  /** `orderedMs`: the pause that the collector asked for. */
  | { readonly kind: "retry"; readonly orderedMs: number | undefined; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string; readonly status: number };

/** Sends a batch once. Never rejects. */
export async function postItems(
  { url, token }: Destination,
  { key, body }: Posted,
  signal: AbortSignal,
): Promise<PostOutcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        ...(key !== undefined && { "idempotency-key": `"${key}"` }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      // A redirect would send the values to a host that is not configured.
      redirect: "manual",
      signal,
    });
    return await readOutcome(response);
  } catch (error) {
    return { kind: "retry", orderedMs: undefined, reason: describe(error) };
  }
}

async function readOutcome(response: Response): Promise<PostOutcome> {
  const { status } = response;
  if (isTemporary(status)) {
    await response.body?.cancel();
    return { kind: "retry", orderedMs: orderedDelay(response.headers), reason: `it answers ${status}` };
  }
  const text = await readText(response);
  if (response.ok) return { kind: "delivered", rejected: readRejected(text) };
  return { kind: "refused", status, reason: `it answers ${status}: ${text.slice(0, 300)}` };
}

/** Request Timeout, Too Early, Too Many Requests, and every error of the server. */
function isTemporary(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    // Leaving the loop cancels the rest.
    if (text.length > ANSWER_BYTES) break;
  }
  return text;
}

/** A 2xx is a delivery, whatever its body. */
function readRejected(text: string): readonly RejectedItem[] {
  try {
    const { rejected } = JSON.parse(text) as Partial<IngestAnswer>;
    return Array.isArray(rejected)
      ? rejected.filter((item) => typeof item === "object" && item !== null)
      : [];
  } catch {
    return [];
  }
}

/** `fetch` throws "fetch failed" and hides the reason in the cause. */
function describe(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  return String(cause ?? error);
}
