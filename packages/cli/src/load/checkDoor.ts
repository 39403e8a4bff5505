import { escapeText, isObject } from "@rumkit/server/internal/base";
import { describeVisit } from "./describeVisit.ts";
import type { LoadPlan } from "./plan.ts";
import { readText } from "./readText.ts";
import { createBatches } from "./sessionBatches.ts";
import { toBatches } from "./toBatches.ts";

/** Milliseconds that the collector has for it. */
const TIMEOUT_MS = 10_000;

const MOST_BYTES = 1024 * 1024;

/**
 * Lets the collector check the first batch without counting it. Throws an Error if it would refuse all batches, because
 * of the origin, the write key or the app. A busy collector does not end the run.
 */
export async function checkDoor(plan: LoadPlan, ask: typeof fetch): Promise<void> {
  const { sender, events } = describeVisit(plan.site, { ...plan, visitor: 0, visit: 0 });
  const [first] = toBatches(events);
  const batch = createBatches(plan, 0, 0, Date.now)(first?.events ?? []);
  const query = plan.key === undefined ? "" : `?key=${encodeURIComponent(plan.key)}`;
  const answer = await ask(`${plan.root}/collect/validate${query}`, {
    method: "POST",
    body: JSON.stringify(batch),
    headers: { origin: plan.origin, "user-agent": sender.userAgent },
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
    .then(async (response) => ({
      status: response.status,
      body: JSON.parse(await readText(response, MOST_BYTES)) as unknown,
    }))
    .catch(() => undefined);
  const error = answer && isObject(answer.body) ? answer.body["error"] : undefined;
  if (!answer || !isObject(error) || ![400, 401, 403, 422].includes(answer.status)) return;
  const { code, message } = error;
  throw new Error(
    `[rumkit] The collector refuses the batches of this run: ${escapeText(String(message ?? code).replaceAll(/\s+/g, " ")).slice(0, 300)} ${adviceFor(code)}`,
  );
}

function adviceFor(code: unknown): string {
  if (code === "origin_denied") return "Name an origin that may report: --origin http://localhost:5173.";
  if (code === "bad_key") return "Give the write key: --key.";
  return "Is --catalog the collector's own catalog?";
}
