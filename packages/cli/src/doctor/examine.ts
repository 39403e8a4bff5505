import { type Check, fail } from "./check.ts";
import { checkCollector } from "./collectorChecks.ts";
import { checkPages } from "./pageChecks.ts";
import { type Answer, ask, type Probe, readJson } from "./probe.ts";
import { checkTag } from "./tagChecks.ts";
import { reasonOf } from "@rumkit/server/internal/base";

/** Examines a collector from outside, without counting anything. Never rejects. */
export async function examine(probe: Probe): Promise<Check[]> {
  try {
    const answer = await ask(probe, "/healthz");
    if ((readJson(answer.text) as { status?: string } | undefined)?.status !== "alive")
      return [explainOther(`${probe.root}/healthz`, answer)];
    const ofTag = probe.page === undefined ? [] : await checkTag(probe.page);
    return [...(await checkPages(probe)), ...ofTag, ...(await checkCollector(probe))];
  } catch (error) {
    const advice = isCertificateFault(error) ? TRUST : MOUNTED;
    return [fail("reachable", `${probe.root} does not answer: ${reasonOf(error)}.`, advice)];
  }
}

const MOUNTED = "Is it running, and is --url its address with the path where it is mounted?";
const TRUST = "Set NODE_EXTRA_CA_CERTS to the file of the authority that signed its certificate.";
const PROXY = "A proxy answers in its place: is the collector running, and does the proxy know its address?";
const LOGIN = "A login or another server answers in its place: let the paths of the collector through.";

/** Explains an answer that is not a collector's. */
function explainOther(url: string, { status, headers }: Answer): Check {
  const location = headers.get("location");
  if (location !== null) return fail("reachable", `${url} redirects to ${location.slice(0, 100)}.`, LOGIN);
  const advice = [502, 503, 504].includes(status) ? PROXY : MOUNTED;
  return fail("reachable", `${url} answers ${status}, and not as a collector does.`, advice);
}

/** True for the codes that Node.js and OpenSSL have for a certificate, e.g. `DEPTH_ZERO_SELF_SIGNED_CERT`. */
function isCertificateFault(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as { readonly code?: unknown } | undefined) : undefined;
  const code = typeof cause?.code === "string" ? cause.code : "";
  return /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(code);
}
