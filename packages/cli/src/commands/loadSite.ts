import type { Catalog } from "@rumkit/protocol";
import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";
import { lintCatalog } from "@rumkit/server/internal/metrics";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { readText } from "../load/readText.ts";
import { FIRST_SITE, type Site, siteOf } from "../load/site.ts";
import { UsageError } from "./command.ts";

const TIMEOUT_MS = 10_000;

/** Bytes of a draft: a collector learns some hundred names. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Reads what pages report from a catalog file, or from what a collector without a catalog has seen. */
export async function loadSite(file: string | undefined, api: string, token: string): Promise<Site> {
  if (file !== undefined) return siteOf(await loadCatalog(file));
  const address = `${api}/catalog`;
  const response = await fetch(address, {
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    // A redirect could take the token to another host.
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`[rumkit] ${address} does not answer: ${escapeText(reasonOf(cause))}. Check --url.`, {
      cause,
    });
  });
  const answer = await readText(response, MOST_BYTES)
    .then((text): unknown => JSON.parse(text))
    .catch(() => undefined);
  if (response.ok && isDraft(answer)) {
    const isNew =
      answer.routes.length === 0 && answer.actions === undefined && answer.conversions === undefined;
    return isNew ? FIRST_SITE : siteOf(answer, true);
  }
  const error = isObject(answer) ? answer["error"] : undefined;
  if (isObject(error) && error["code"] === "no_draft")
    throw new UsageError(
      "[rumkit] The collector has a catalog. Name its file, so that visitors do what it declares: --catalog catalog.ts.",
    );
  throw new Error(
    `[rumkit] ${address} answers ${response.ok ? "no catalog" : response.status}. Name a catalog with --catalog, or give a token of scope live: --token-file, or RUMKIT_TOKEN.`,
  );
}

/** True for a catalog that can be used. */
function isDraft(answer: unknown): answer is Catalog {
  return isObject(answer) && Array.isArray(answer["routes"]) && lintCatalog(answer).length === 0;
}
