import type {
  AlertDecision,
  AuditEntries,
  AuditEntry,
  LiveAlerts,
  LiveAlertValues,
  SilenceRequest,
} from "@rumkit/protocol";
import { type Ask, type Reply, refusalOf } from "./requests.ts";

/** The alerts as the collector last answered, or the reason for which it did not. */
export type AlertsAnswer =
  | {
      readonly kind: "read";
      readonly alerts: LiveAlerts;
      /** When the answer came, in ms since 1970 by this machine's clock: the collector's may be wrong. */
      readonly readAt: number;
    }
  /** The collector is older than the page: it has no such route. */
  | { readonly kind: "missing" }
  /** The token does not open it. */
  | { readonly kind: "denied" };

/** Requests about alerts. Those that change something return the reason of a refusal in words; undefined if it was done. */
export interface AlertApi {
  /** Undefined if the collector was not reached. */
  read: () => Promise<AlertsAnswer | undefined>;
  /**
   * The newest entries of the audit log about an alert's episode, a silence or an action, or of all, oldest first.
   * Undefined without an answer.
   */
  audit: (about: string | undefined) => Promise<readonly AuditEntry[] | undefined>;
  /** The values that the rule of an alert compared, by the alert's episode. Undefined without an answer. */
  values: (episode: string) => Promise<LiveAlertValues | undefined>;
  silence: (request: SilenceRequest) => Promise<string | undefined>;
  endSilence: (id: string, decision: AlertDecision) => Promise<string | undefined>;
  acknowledge: (episode: string, decision: AlertDecision) => Promise<string | undefined>;
  approve: (action: string, decision: AlertDecision) => Promise<string | undefined>;
  reject: (action: string, decision: AlertDecision) => Promise<string | undefined>;
}

/** Entries of the audit log that the page shows about one thing: an episode has some per receiver. */
const MOST_ENTRIES = 200;

/** @param base The path of the page, without a slash at its end. */
export function createAlertApi(base: string, ask: Ask): AlertApi {
  const post = async (path: string, body: object): Promise<string | undefined> =>
    refusalOf(await ask<unknown>(`${base}/${path}`, "POST", body));
  const part = encodeURIComponent;
  return {
    read: async () => toAnswer(await ask<LiveAlerts>(`${base}/alerts`)),
    audit: async (about) => {
      const query = new URLSearchParams({
        limit: String(MOST_ENTRIES),
        ...(about !== undefined && { about }),
      });
      return (await ask<AuditEntries>(`${base}/audit?${query}`)).value?.entries;
    },
    values: async (episode) => {
      const { value } = await ask<LiveAlertValues>(`${base}/alerts/${part(episode)}/values`);
      // An app's own page for unknown paths answers 200, too.
      return value?.lines && value;
    },
    silence: (request) => post("silences", request),
    endSilence: (id, decision) => post(`silences/${part(id)}/end`, decision),
    acknowledge: (episode, decision) => post(`alerts/${part(episode)}/acknowledge`, decision),
    approve: (id, decision) => post(`actions/${part(id)}/approve`, decision),
    reject: (id, decision) => post(`actions/${part(id)}/reject`, decision),
  };
}

function toAnswer({ status, value }: Reply<LiveAlerts>): AlertsAnswer | undefined {
  // An app's own page for unknown paths answers 200, too.
  if (value?.alerts) return { kind: "read", alerts: value, readAt: Date.now() };
  if (status === 401 || status === 403) return { kind: "denied" };
  return status === 404 || status === 200 ? { kind: "missing" } : undefined;
}
