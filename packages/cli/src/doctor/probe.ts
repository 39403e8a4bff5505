import { randomBytes } from "node:crypto";

/** A collector that is examined, and as whom. */
export interface Probe {
  /** The collector's address with the path where it is mounted, without a slash at its end. */
  readonly root: string;
  /** The origin of the pages that report. */
  readonly origin: string;
  /** True where no origin was named, so that it is the collector's own. */
  readonly isOriginAssumed: boolean;
  /** The write key of the pages. */
  readonly key: string | undefined;
  /** A token that opens `/metrics`. */
  readonly token: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** An answer with its body, which is never long: what is longer than 4 MB is cut off by an error. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Milliseconds that each question may take. */
const TIMEOUT_MS = 10_000;

/** Asks the collector. Rejects where nothing answers. */
export async function ask({ root }: Probe, path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${root}${path}`, {
    ...init,
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Asks for something that a token may be needed for. */
export function askWithToken(probe: Probe, path: string): Promise<Answer> {
  const { token } = probe;
  return ask(probe, path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

/** Asks what would become of a batch of a page: nothing is counted. */
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

/** The code and the sentence of a refusal; undefined for every other answer. */
export function refusalOf({ text }: Answer): { readonly code: string; readonly message: string } | undefined {
  const body = readJson(text) as { error?: { code?: string; message?: string } } | undefined;
  const { code, message = "" } = body?.error ?? {};
  return code === undefined ? undefined : { code, message };
}

/** Undefined for what is not JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
