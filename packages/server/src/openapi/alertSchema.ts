import {
  type AlertDecision,
  AUDIT_EVENTS,
  type AuditEntries,
  type AuditEntry,
  type LiveAlert,
  type LiveAlerts,
  type LiveAlertValues,
  type LiveNotice,
  type LiveSilence,
  type SilenceRequest,
} from "@rumkit/protocol";
import { z } from "zod";

/** The schemas of requests and answers about alerts. The compiler checks each against its type. */
const moment = z.int().describe("Milliseconds since 1970.");
const count = z.int().min(0);
const severity = z.enum(["critical", "warning", "info"]);
const side = z.enum(["above", "below"]).describe("The side of the threshold on which it fires.");
const by = z
  .string()
  .min(1)
  .max(100)
  .describe("The author. Default the name of the token; required without one.");
const why = z.string().min(1).max(500).describe("The reason, for the audit log.");
const matchers = z
  .array(z.string().max(1_000))
  .min(1)
  .describe("`name=value`, `!=`, `=~` or `!~`, as in Alertmanager; `alertname` is the name of the alert.");

export const liveNoticeSchema = z.object({
  receiver: z.string(),
  reason: z.string().describe("`fired`, `resolved`, `changed`, `repeat`, `flood`, `flapping` or `test`."),
  at: moment,
  state: z.enum(["waiting", "delivered", "failed", "unknown"]),
  attempts: count,
  error: z.string().nullable(),
}) satisfies z.ZodType<LiveNotice>;

const liveAlertSchema = z.object({
  fingerprint: z.string().describe("The same for each episode of this alert."),
  episode: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  severity,
  summary: z.string(),
  description: z.string(),
  state: z.enum(["pending", "firing", "recovering", "resolved"]),
  cause: z.enum(["value", "no_data", "error"]),
  startsAt: moment,
  endsAt: moment.nullable(),
  value: z.number().nullable(),
  threshold: z.number(),
  side,
  unit: z.string(),
  release: z.string().nullable(),
  figure: z.string().nullable().describe("The figure of the live page that it compares."),
  runbook: z.string().nullable(),
  board: z.string().nullable(),
  mutedBy: z
    .array(z.string())
    .describe("Ids of silences, names of mute times, `inhibited`, `maintenance`, `flapping`."),
  acknowledged: z.object({ by: z.string(), at: moment, why: z.string() }).nullable(),
  notices: z.array(liveNoticeSchema),
}) satisfies z.ZodType<LiveAlert>;

export const liveAlertValuesSchema = z.object({
  at: moment,
  stepSeconds: z.number().positive(),
  by: z.array(z.string()).describe("The labels that have a line for each of their values."),
  threshold: z.number(),
  side,
  unit: z.string(),
  groups: count.describe("Groups that have a value now, whether they have a line or not."),
  lines: z
    .array(
      z.object({
        labels: z.record(z.string(), z.string()),
        isOwn: z.boolean().describe("True for the alert itself."),
        holds: z.boolean().describe("True if the condition holds now."),
        values: z
          .array(z.number().nullable())
          .describe("Oldest first; the last one belongs to `at`. Null: none was compared, or kept."),
      }),
    )
    .max(6)
    .describe("That of the alert first, then those whose condition holds, then the worst."),
}) satisfies z.ZodType<LiveAlertValues>;

export const liveSilenceSchema = z.object({
  id: z.string(),
  matchers: z.array(z.string()),
  by: z.string(),
  why: z.string(),
  startsAt: moment,
  endsAt: moment,
}) satisfies z.ZodType<LiveSilence>;

export const liveAlertsSchema = z.object({
  at: moment,
  engine: z.enum(["running", "off"]),
  rules: count,
  viewer: z.object({
    name: z.string().nullable().describe("The name of the token."),
    mayAct: z.boolean().describe("True if it opens the scope alerts."),
  }),
  limits: z.array(z.object({ alert: z.string(), severity, figure: z.string(), threshold: z.number(), side })),
  alerts: z.array(liveAlertSchema).describe("Firing ones first, then by severity and age."),
  history: z.array(liveAlertSchema).max(100).describe("Episodes that ended, newest first."),
  silences: z.array(liveSilenceSchema),
  actions: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      episode: z.string(),
      alert: z.string(),
      state: z.enum(["awaiting_approval", "running", "done", "failed", "rejected", "expired"]),
      requestedAt: moment,
      approvalsMissing: count,
      approvedBy: z.array(z.string()),
      helped: z.boolean().nullable().describe("True if the alert had ended some time after it ran."),
      outcome: z.string().nullable(),
    }),
  ),
  receivers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      state: z.enum(["ok", "failing", "disabled"]),
      waiting: count,
      oldestWaitingSeconds: z.number(),
      deadLetters: count,
      lastError: z.string().nullable(),
    }),
  ),
}) satisfies z.ZodType<LiveAlerts>;

export const sentNoticesSchema = z.object({
  notices: z.array(z.string()).describe("The ids of a fire and of its resolve."),
});

export const auditEntrySchema = z.object({
  id: z.int().min(1).describe("Ascending, also over restarts."),
  at: moment,
  who: z.string().describe("A person, the name of a token, or `collector`."),
  what: z.enum(AUDIT_EVENTS),
  about: z.string().describe("The episode of an alert, or the id of a silence or an action."),
  why: z.string().exactOptional(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).exactOptional(),
}) satisfies z.ZodType<AuditEntry>;

export const auditEntriesSchema = z.object({
  entries: z.array(auditEntrySchema).max(1_000).describe("Oldest first."),
}) satisfies z.ZodType<AuditEntries>;

export const alertDecisionSchema = z.strictObject({
  by: by.exactOptional(),
  why,
}) satisfies z.ZodType<AlertDecision>;

export const silenceRequestSchema = z.strictObject({
  matchers,
  by: by.exactOptional(),
  why,
  endsAt: moment,
}) satisfies z.ZodType<SilenceRequest>;
