import type {
  AlertDecision,
  LiveAlerts,
  LiveAlertViewer,
  LiveNotice,
  LiveSilence,
  SilenceRequest,
} from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import type { DecisionOutcome } from "../actions/actions.ts";
import type { AuditLog } from "../audit/audit.ts";
import { createAuditRoute } from "../audit/auditRoute.ts";
import type { ProxyOptions } from "../http/clientAddress.ts";
import { NoticeRequestError } from "../notices/silences.ts";
import type { PartContext, PartRoute } from "../part/part.ts";
import type { AlertValuesOf } from "./alertValues.ts";
import { createOwnRequests } from "./ownRequests.ts";
import { checkDecision, checkSilence, readJson, refuse } from "./requestBody.ts";

/** The author of a request. */
export interface Author {
  readonly by: string;
  /** The name of the token; undefined without a token. */
  readonly token: string | undefined;
  readonly why: string;
}

/** Everything that people and agents do with alerts. A `NoticeRequestError` says what is wrong with a request. */
export interface AlertDesk {
  read(viewer: LiveAlertViewer): LiveAlerts;
  readonly valuesOf: AlertValuesOf;
  acknowledge(episode: string, author: Author): Promise<void | NoticeRequestError>;
  silence(
    request: Pick<SilenceRequest, "matchers" | "endsAt">,
    author: Author,
  ): Promise<LiveSilence | NoticeRequestError>;
  endSilence(id: string, author: Author): Promise<void | NoticeRequestError>;
  approve(id: string, author: Author): Promise<DecisionOutcome>;
  reject(id: string, author: Author): Promise<DecisionOutcome>;
  /** Sends a fire and its resolve to a receiver. Returns the ids of the notices. */
  test(receiver: string, author: Author): Promise<readonly string[] | NoticeRequestError>;
  outcomeOf(receiver: string, notice: string): LiveNotice | undefined;
}

export interface AlertRoutesOptions {
  readonly desk: AlertDesk;
  readonly audit: AuditLog;
  readonly context: Pick<PartContext, "opens" | "nameOf">;
  readonly proxies: ProxyOptions;
}

/** Below the path of the API for tools, and below that of the live page, which requests nothing outside of it. */
const BASES = ["api", "live"] as const;

/** The routes of alerts. Reading takes the scope `live`, or a read-only link; acting takes the scope `alerts`. */
export function alertRoutes({ desk, audit, context, proxies }: AlertRoutesOptions): PartRoute[] {
  const own = createOwnRequests(proxies);
  const acts = Object.entries(createActs(desk, createAuthored(context.nameOf)));
  const routes = BASES.map((under) => [
    readRoute(under, "/alerts", createAlertsRoute(desk.read, context)),
    readRoute(under, "/alerts/:episode/values", showValues(desk)),
    readRoute(under, "/audit", createAuditRoute(audit)),
    readRoute(under, "/receivers/:name/notices/:id", showNotice(desk)),
    ...acts.map(([path, handler]): PartRoute => ({
      method: "POST",
      under,
      path,
      scope: "alerts",
      handler: own(handler),
    })),
  ]);
  return routes.flat();
}

export function readRoute(under: (typeof BASES)[number], path: string, handler: Handler): PartRoute {
  return { method: "GET", under, path, scope: "live", isShared: under === "live", handler };
}

/** `GET …/alerts`. */
export function createAlertsRoute(
  read: (viewer: LiveAlertViewer) => LiveAlerts,
  { opens, nameOf }: AlertRoutesOptions["context"],
): Handler {
  const mayAct = opens("alerts");
  return (c) => {
    c.header("cache-control", "no-store");
    return c.json(read({ name: nameOf(c) ?? null, mayAct: mayAct(c) }));
  };
}

/** `GET …/alerts/:episode/values`: what the rule of an alert compared, for its chart. */
function showValues({ valuesOf }: AlertDesk): Handler {
  return (c) => {
    c.header("cache-control", "no-store");
    const found = valuesOf(param(c, "episode"));
    return found ? c.json(found) : refuse(c, 404, "unknown", "No alert is in this episode now.");
  };
}

/** `GET …/receivers/:name/notices/:id`: how far a notice is, for those who test a receiver. */
function showNotice(desk: AlertDesk): Handler {
  return (c) => {
    c.header("cache-control", "no-store");
    const found = desk.outcomeOf(param(c, "name"), param(c, "id"));
    return found ? c.json(found) : refuse(c, 404, "unknown", "The notice is unknown, or was forgotten.");
  };
}

/** Does what a person says. */
type Act = (c: Context, author: Author, body: AlertDecision & Partial<SilenceRequest>) => Promise<Response>;

type Authored = (act: Act, check?: typeof checkDecision) => Handler;

function createActs(desk: AlertDesk, authored: Authored): Record<string, Handler> {
  return {
    "/alerts/:episode/acknowledge": authored(async (c, author) =>
      answerDone(c, await desk.acknowledge(param(c, "episode"), author)),
    ),
    "/silences": authored(async (c, author, { matchers = [], endsAt = 0 }) => {
      const made = await desk.silence({ matchers, endsAt }, author);
      return made instanceof NoticeRequestError ? refuseNotice(c, made) : c.json(made, 201);
    }, checkSilence),
    "/silences/:id/end": authored(async (c, author) =>
      answerDone(c, await desk.endSilence(param(c, "id"), author)),
    ),
    "/actions/:id/approve": authored(async (c, author) =>
      answerDecision(c, await desk.approve(param(c, "id"), author)),
    ),
    "/actions/:id/reject": authored(async (c, author) =>
      answerDecision(c, await desk.reject(param(c, "id"), author)),
    ),
    "/receivers/:name/test": authored(async (c, author) => {
      const sent = await desk.test(param(c, "name"), author);
      return sent instanceof NoticeRequestError ? refuseNotice(c, sent) : c.json({ notices: sent }, 202);
    }),
  };
}

function param(c: Context, name: string): string {
  return c.req.param(name) ?? "";
}

/** Wraps handlers that do what a person says: they need an author and a reason. */
function createAuthored(nameOf: PartContext["nameOf"]): Authored {
  return (act, check = checkDecision) =>
    async (c) => {
      const read = await readJson<AlertDecision>(c, check);
      if ("refused" in read) return read.refused;
      const token = nameOf(c);
      const by = read.body.by ?? token;
      if (by === undefined)
        return refuse(c, 400, "bad_body", "by is required without a token: your name, for the audit log.");
      return act(c, { by, token, why: read.body.why }, read.body);
    };
}

function answerDone(c: Context, outcome: void | NoticeRequestError): Response {
  return outcome instanceof NoticeRequestError ? refuseNotice(c, outcome) : c.body(null, 204);
}

function refuseNotice(c: Context, { code, message }: NoticeRequestError): Response {
  if (code === "not_kept") return refuse(c, 503, code, message);
  return code === "missing" ? refuse(c, 404, "unknown", message) : refuse(c, 400, "bad_body", message);
}

function answerDecision(c: Context, outcome: DecisionOutcome): Response {
  if (outcome === "done") return c.body(null, 204);
  const [status, message] = REFUSED[outcome];
  return refuse(c, status, outcome, message);
}

const REFUSED = {
  unknown: [404, "The action is unknown."],
  ended: [409, "The action awaits no approval any more."],
  same_person: [409, "This token has approved it. Another person must approve it with another token."],
  no_token: [409, "Two people must approve it, each with a token of scope alerts. This request has none."],
  not_kept: [503, "The journal could not keep it, so it was not done. Try again."],
} as const;
