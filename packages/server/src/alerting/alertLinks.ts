import type { LinksOf } from "../alerts/describeEpisode.ts";
import { boardUid } from "../catalog/boardUid.ts";
import type { AlertLinkOptions } from "./alertsOptions.ts";

/** The prefix of the uids of generated boards, if `rumkit generate` has no other one. */
const UID_PREFIX = "rumkit-";

/** Returns the links of alerts, as far as the options name their places. */
export function createAlertLinks(app: string, { live, grafana, runbooks }: AlertLinkOptions = {}): LinksOf {
  return ({ runbook, board }) => ({
    live,
    board: grafana && `${withoutSlash(grafana)}/d/${boardUid(app, board, UID_PREFIX)}`,
    runbook: runbook.includes("://") ? runbook : runbooks && `${withoutSlash(runbooks)}/${runbook}.md`,
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
