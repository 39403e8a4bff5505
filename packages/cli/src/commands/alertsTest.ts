import { setTimeout as wait } from "node:timers/promises";
import type { LiveNotice } from "@rumkit/protocol";
import { escapeText } from "@rumkit/server/internal/base";
import { type AlertsApi, API_OPTIONS, openAlertsApi } from "./alertsApi.ts";
import { parseCommandLine } from "./arguments.ts";
import { UsageError } from "./command.ts";

/** Milliseconds between two questions for the outcome. */
const ASK_EVERY_MS = 250;

/** Attempts after which a receiver counts as failing: the collector goes on for a day. */
const MAX_ATTEMPTS = 2;

/** Questions for the outcome: a minute, more than an attempt takes. */
const MAX_QUESTIONS = 240;

/** `rumkit alerts test`. */
export async function testReceiver(argv: string[]): Promise<number> {
  const { values, positionals } = parseCommandLine(argv, API_OPTIONS);
  const [receiver, extra] = positionals;
  if (receiver === undefined || extra !== undefined)
    throw new UsageError("[rumkit] Name one receiver: rumkit alerts test oncall.");
  const api = await openAlertsApi(values);
  const path = `/receivers/${encodeURIComponent(receiver)}`;
  const sent = (await api.post(`${path}/test`, {
    why: "rumkit alerts test",
    ...(api.by !== undefined && { by: api.by }),
  })) as { readonly notices: readonly string[] };
  const outcomes = await Promise.all(sent.notices.map((id) => untilDone(api, `${path}/notices/${id}`)));
  for (const [index, outcome] of outcomes.entries())
    process.stdout.write(`${index === 0 ? "fire   " : "resolve"}  ${escapeText(describe(outcome))}\n`);
  return outcomes.every(({ state }) => state === "delivered") ? 0 : 1;
}

async function untilDone(api: AlertsApi, path: string): Promise<LiveNotice> {
  for (let question = 1; ; question += 1) {
    const notice = (await api.get(path)) as LiveNotice;
    const isOpen = notice.state === "waiting" && notice.attempts < MAX_ATTEMPTS && notice.error === null;
    if (!isOpen || question === MAX_QUESTIONS) return notice;
    await wait(ASK_EVERY_MS);
  }
}

function describe({ state, error }: LiveNotice): string {
  if (state === "delivered") return "delivered.";
  return `${state === "waiting" ? "not delivered yet" : state}: ${error ?? "it waits for the receiver."}`;
}
