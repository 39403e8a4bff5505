import { AUDIT_EVENTS } from "@rumkit/protocol";
import { json, JSON_TYPE, type Operation, type OperationAnswer } from "./operation.ts";

const MOMENT = { type: "integer", minimum: 0 };

/** The answers of every route that changes something. */
const REFUSALS = {
  400: json("The body is not what it should be. The message names each fault.", "PlainError"),
  413: json("The body is too large.", "PlainError"),
  415: json("The body is not JSON.", "PlainError"),
};

const UNKNOWN = (what: string): OperationAnswer => json(`There is no such ${what}.`, "PlainError");
const CONFLICT = json(
  "It awaits no approval any more, this token has approved it, or two people must and there is no token.",
  "PlainError",
);
const NOT_KEPT = json("The journal could not keep it, so it was not done.", "PlainError");
const DONE = { description: "It is done, and in the audit log." };

const reads = { method: "get", access: "token", scope: "live" } as const;
const acts = { method: "post", access: "token", scope: "alerts" } as const;
const decision = { ...acts, body: { [JSON_TYPE]: "AlertDecision" } } as const;

/** The routes of alerts, below both base paths. */
const operations: readonly Omit<Operation, "under">[] = [
  {
    ...reads,
    path: "/alerts",
    summary: "Returns alerts, silences, actions and receivers.",
    answers: { 200: json("All of them as of now.", "LiveAlerts") },
  },
  {
    ...reads,
    path: "/alerts/:episode/values",
    summary: "Returns what the rule of an alert compared in the last 15 minutes, for its chart.",
    answers: { 200: json("The values.", "LiveAlertValues"), 404: UNKNOWN("alert") },
  },
  {
    ...decision,
    path: "/alerts/:episode/acknowledge",
    summary: "Acknowledges an alert that fires: its notices are not repeated.",
    answers: { 204: DONE, 404: UNKNOWN("alert that fires"), 503: NOT_KEPT, ...REFUSALS },
  },
  {
    ...acts,
    body: { [JSON_TYPE]: "SilenceRequest" },
    path: "/silences",
    summary: "Silences alerts for a time.",
    answers: { 201: json("The silence.", "LiveSilence"), 503: NOT_KEPT, ...REFUSALS },
  },
  {
    ...decision,
    path: "/silences/:id/end",
    summary: "Ends a silence.",
    answers: { 204: DONE, 404: UNKNOWN("silence"), 503: NOT_KEPT, ...REFUSALS },
  },
  ...(["approve", "reject"] as const).map((verb): Omit<Operation, "under"> => ({
    ...decision,
    path: `/actions/:id/${verb}`,
    summary: verb === "approve" ? "Approves an action of an alert." : "Rejects an action of an alert.",
    answers: { 204: DONE, 404: UNKNOWN("action"), 409: CONFLICT, 503: NOT_KEPT, ...REFUSALS },
  })),
  {
    ...decision,
    path: "/receivers/:name/test",
    summary: "Sends a test to a receiver, as every notice is sent: a fire, and its resolve.",
    answers: {
      202: json("Both are kept, and on their way.", "SentNotices"),
      404: UNKNOWN("receiver"),
      503: NOT_KEPT,
      ...REFUSALS,
    },
  },
  {
    ...reads,
    path: "/receivers/:name/notices/:id",
    summary: "Returns how far a notice is.",
    answers: { 200: json("Its state.", "LiveNotice"), 404: UNKNOWN("notice") },
  },
  {
    ...reads,
    path: "/audit",
    summary: "Returns entries of the audit log: who did what, when and why.",
    query: {
      from: { description: "The earliest, in milliseconds since 1970.", schema: MOMENT },
      to: { description: "The latest, in milliseconds since 1970.", schema: MOMENT },
      what: {
        description: "Only these events.",
        schema: { type: "array", items: { enum: AUDIT_EVENTS } },
      },
      about: {
        description: "Only about this episode, silence, action or receiver.",
        schema: { type: "string" },
      },
      after: {
        description: "The first entries after this id. Default: the newest ones.",
        schema: MOMENT,
      },
      limit: {
        description: "Entries at most. Default 100; of JSON Lines all.",
        schema: { type: "integer", minimum: 0, maximum: 1_000 },
      },
      format: {
        description: "`jsonl`: one entry on each line, from the oldest.",
        schema: { enum: ["json", "jsonl"] },
      },
    },
    answers: {
      200: {
        description: "The entries, oldest first.",
        content: { [JSON_TYPE]: "AuditEntries", "application/jsonl": "AuditEntry" },
      },
      400: json("The query is wrong.", "PlainError"),
    },
  },
];

export const alertOperations: readonly Operation[] = (["api", "live"] as const).flatMap((under) =>
  operations.map((operation) => ({ ...operation, under })),
);
