import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";

/** Milliseconds that one answer may take. */
const TIMEOUT_MS = 60_000;

/**
 * Asks the HTTP API of a Prometheus, and returns the series of its answer. Rejects with an `Error` that says what to do,
 * without a password in it.
 *
 * @param url The address, with user and password if it asks for them.
 */
export async function askPrometheus(
  { origin, pathname, username, password }: URL,
  path: "query" | "query_range",
  parameters: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  const address = `${origin}${pathname.replace(/\/+$/, "")}/api/v1/${path}`;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const response = await fetch(address, {
    method: "POST",
    headers: username === "" ? {} : { authorization: `Basic ${credentials.toString("base64")}` },
    body: new URLSearchParams(parameters),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`[rumkit] ${address} does not answer: ${escapeText(reasonOf(cause))}.`, { cause });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const data = isObject(answer) && answer["status"] === "success" ? answer["data"] : undefined;
  if (isObject(data) && Array.isArray(data["result"])) return data["result"] as unknown[];
  const reason =
    isObject(answer) && typeof answer["error"] === "string" ? answer["error"] : "Is it a Prometheus?";
  throw new Error(`[rumkit] ${address} answers ${response.status}. ${escapeText(reason).slice(0, 300)}`);
}
