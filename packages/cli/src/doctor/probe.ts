import { randomBytes } from "node:crypto";

/** The examined collector, and the identity of the examiner. */
export interface Probe {
  /** The collector's URL with the path of its mount, without a slash at its end. */
  readonly root: string;
  /** The path of the API below it. */
  readonly apiPath: string;
  /** The origin of the pages that report. */
  readonly origin: string;
  /** True if no origin was given, so that the collector's own is assumed. */
  readonly isOriginAssumed: boolean;
  /** The address of a page whose script tag is checked. */
  readonly page: string | undefined;
  /** The write key of the pages. */
  readonly key: string | undefined;
  /** A token that opens `/metrics`. */
  readonly token: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** An answer with its body. A body of more than 4 MB is an error. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Milliseconds that each request may take. */
const TIMEOUT_MS = 10_000;

/** Sends a request to the collector. Rejects without an answer. */
export async function ask({ root }: Probe, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${root}${path}`, {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a request with the token, for routes that may need one. */
export function askWithToken(probe: Probe, path: string): Promise<Answer> {
  const { token } = probe;
  return ask(probe, path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

/** Validates a batch of a page, without counting it. */
export function validate(probe: Probe, headers: Record<string, string> = {}): Promise<Answer> {
  const { key, origin, now } = probe;
  const query = key === undefined ? "" : `?key=${encodeURIComponent(key)}`;
  const id = (): string => randomBytes(16).toString("hex");
  const batch = { v: 1, id: id(), session: id(), sentAt: now(), events: [{ type: "page_view", route: "/" }] };
  return ask(probe, `/collect/validate${query}`, {
    method: "POST",
    headers: { origin, ...headers },
    body: JSON.stringify(batch),
  });
}

/** Returns the code and the message of a refusal; undefined for every other answer. */
export function refusalOf({ text }: Answer): { readonly code: string; readonly message: string } | undefined {
  const body = readJson(text) as { error?: { code?: string; message?: string } } | undefined;
  const { code, message = "" } = body?.error ?? {};
  return code === undefined ? undefined : { code, message };
}

/** Returns undefined for text that is not JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
