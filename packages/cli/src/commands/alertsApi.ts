import { userInfo } from "node:os";
import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";
import { collectorOf, readToken, readTokenFile, readUrl } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";

/** Options of every command about the alerts of a running collector. */
export const API_OPTIONS = {
  url: { type: "string", default: "http://127.0.0.1:4000" },
  "api-path": { type: "string" },
  "token-file": { type: "string" },
  by: { type: "string" },
} as const;

interface ApiValues {
  readonly url: string;
  readonly "api-path"?: string | undefined;
  readonly "token-file"?: string | undefined;
  readonly by?: string | undefined;
}

/** The API of a running collector. */
export interface AlertsApi {
  /** The author of what is posted; undefined for the name of the token. */
  readonly by: string | undefined;
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<unknown>;
}

/** Reads the options. Requests throw an `Error` that says what to do. */
export async function openAlertsApi(values: ApiValues): Promise<AlertsApi> {
  const url = readUrl("--url", values.url);
  const apiPath = readBasePath("api", values["api-path"], process.env);
  const root = collectorOf(url, readBasePath("live", undefined, process.env)) + apiPath;
  const file = values["token-file"];
  const token = file === undefined ? await readToken(process.env) : await readTokenFile(file);
  const ask = (path: string, init: Posted): Promise<unknown> => request(`${root}${path}`, token, init);
  return {
    by: values.by ?? (token === "" ? userInfo().username : undefined),
    get: (path) => ask(path, {}),
    post: (path, body) =>
      ask(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

/** The parts of a request that posts. */
interface Posted {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function request(address: string, token: string, init: Posted): Promise<unknown> {
  const response = await fetch(address, {
    ...init,
    headers: { ...init.headers, ...(token !== "" && { authorization: `Bearer ${token}` }) },
    // A redirect could take the token to another host.
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new Error(`[rumkit] ${address} does not answer: ${escapeText(reasonOf(cause))}. Check --url.`, {
      cause,
    });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return answer;
  throw new Error(`[rumkit] ${address} answers ${response.status}. ${adviceFor(response.status, answer)}`);
}

function adviceFor(status: number, answer: unknown): string {
  if (status === 401 || status === 403)
    return "Use a token of scope alerts, or live to read: --token-file, or RUMKIT_TOKEN.";
  const error = isObject(answer) ? answer["error"] : undefined;
  if (isObject(error) && typeof error["message"] === "string")
    return escapeText(error["message"].replaceAll(/\s+/g, " ")).slice(0, 300);
  if (status >= 500) return "See the collector's log.";
  return "Is --url the address of a collector of this version? --api-path names another path of its API.";
}
