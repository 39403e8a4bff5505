import type { BuildMap } from "@rumkit/server/internal/sourceMaps";
import { reasonOf } from "@rumkit/server/internal/base";

/** A collector that accepts source maps. */
export interface MapTarget {
  readonly url: URL;
  /** The path of the API below it. */
  readonly apiPath: string;
  readonly release: string;
  readonly token: string;
}

/** Maximum characters of an answer in an error, because a proxy may answer with a whole page. */
const SHOWN_ANSWER = 200;

/** Thrown if the collector refused a single map. Others may still be accepted. */
export class MapRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MapRefused";
  }
}

/** Uploads one map. Throws a `MapRefused`, or an `Error` with the reason why no map can be uploaded. */
export async function putSourceMap(
  { url, apiPath, release, token }: MapTarget,
  { file, text }: BuildMap,
): Promise<void> {
  const base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  const target = `${base}${apiPath}/sourcemaps/${encodeURIComponent(release)}/${encodeURIComponent(file)}`;
  const response = await fetch(target, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: text,
    // A redirect could take the token to another host.
    redirect: "manual",
  }).catch((error: unknown) => {
    throw new Error(`[rumkit] ${base} does not answer: ${reasonOf(error)}. Check --url.`, { cause: error });
  });
  if (response.ok) {
    await response.body?.cancel();
    return;
  }
  const answer = `${response.status} ${(await response.text()).slice(0, SHOWN_ANSWER).trim()}`;
  if ([400, 413].includes(response.status)) throw new MapRefused(`[rumkit] ${file}: ${answer}`);
  throw new Error(`[rumkit] ${target} answers ${answer}. ${adviceFor(response)}`);
}

function adviceFor({ status, headers }: Response): string {
  const location = headers.get("location");
  if (location !== null) return `It redirects to ${location}: write the final address as --url.`;
  if (status === 401 || status === 403) return "Use a token of scope admin.";
  if (status === 404 || status === 405)
    return "Is --url the collector's, and --api-path that of its API? It accepts maps only with the options access and sourceMaps.";
  return "See the collector's log.";
}
