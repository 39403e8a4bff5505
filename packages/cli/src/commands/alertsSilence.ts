import type { LiveSilence } from "@rumkit/protocol";
import { escapeText } from "@rumkit/server/internal/base";
import { API_OPTIONS, openAlertsApi } from "./alertsApi.ts";
import { parseCommandLine } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { readSpan } from "./spanOption.ts";

/** A minute to a year: a longer silence is a rule that should be removed. */
const FOR = { least: 60, most: 365 * 86_400 };

/** `rumkit alerts silence`. */
export async function silenceAlerts(argv: string[]): Promise<number> {
  const { values, positionals: matchers } = parseCommandLine(argv, {
    ...API_OPTIONS,
    for: { type: "string" },
    why: { type: "string" },
  });
  if (matchers.length === 0)
    throw new UsageError(
      '[rumkit] Name the alerts: rumkit alerts silence alertname=ShopErrors --for 2h --why "…".',
    );
  if (values.for === undefined) throw new UsageError("[rumkit] --for is required: 30m, 2h, 7d.");
  if (values.why === undefined || values.why === "")
    throw new UsageError("[rumkit] --why is required: the reason, for the audit log.");
  const seconds = readSpan("--for", values.for, FOR);
  const api = await openAlertsApi(values);
  const silence = (await api.post("/silences", {
    matchers,
    why: values.why,
    endsAt: Date.now() + seconds * 1_000,
    ...(api.by !== undefined && { by: api.by }),
  })) as LiveSilence;
  process.stdout.write(`${escapeText(silence.id)}\n`);
  process.stderr.write(`It ends on ${new Date(silence.endsAt).toISOString()}.\n`);
  return 0;
}
