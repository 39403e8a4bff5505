import { type LiveLink, MAX_LINK_SECONDS, MIN_LINK_SECONDS } from "@rumkit/protocol";
import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";
import {
  collectorOf,
  parseCommandLine,
  readToken,
  readTokenFile,
  readUrl,
  refuseArguments,
} from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit share [--url <collector>] [--for <time>] [--token-file <file>]

Prints a read-only link to the live page of a running collector that asks for tokens. Anyone who has the link sees the live
page until it ends, and can do nothing else. It ends earlier if the token is replaced by which it was made.

  --url <collector>    its address, with the path where it is mounted, or that of its live page: a query of the page, such
                       as ?view=errors, is part of the link. Default http://127.0.0.1:4000
  --for <time>         how long it is valid: 30m, 24h, 7d. A minute to 30 days. Default 24h
  --live-path <path>   the path of its live page. Default the environment's RUMKIT_LIVE_PATH, else /realtime
  --token-file <file>  a token of scope live or admin. Default the environment's RUMKIT_TOKEN, or the file that
                       RUMKIT_TOKEN_FILE names

The link is the only line of the standard output.

Exit codes: 0 done, 1 the collector does not answer or refuses, 2 invalid arguments.
`;

export const shareCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, {
      url: { type: "string", default: "http://127.0.0.1:4000" },
      for: { type: "string", default: "24h" },
      "live-path": { type: "string" },
      "token-file": { type: "string" },
    });
    refuseArguments(positionals, "--url");
    const url = readUrl("--url", values.url);
    const livePath = readBasePath("live", values["live-path"], process.env);
    const seconds = readSeconds(values.for);
    const file = values["token-file"];
    const token = file === undefined ? await readToken(process.env) : await readTokenFile(file);
    const page = collectorOf(url, livePath) + livePath;
    const route = `${page}/share?seconds=${seconds}`;
    const link = await requestLink(route, token);
    const shared = new URL(link.url, route);
    shared.search = url.search;
    process.stdout.write(`${shared.href}\n`);
    process.stderr.write(`It ends on ${new Date(link.endsAt).toISOString()}.\n`);
    return 0;
  },
};

const SECONDS = { m: 60, h: 3_600, d: 86_400 };

function readSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds >= MIN_LINK_SECONDS && seconds <= MAX_LINK_SECONDS) return seconds;
  throw new UsageError(`[rumkit] --for must be 1m to 30d: a whole number with m, h or d (got "${text}").`);
}

async function requestLink(route: string, token: string): Promise<LiveLink> {
  const response = await fetch(route, {
    method: "POST",
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    // A redirect could take the token to another host.
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new Error(`[rumkit] ${route} does not answer: ${escapeText(reasonOf(cause))}. Check --url.`, {
      cause,
    });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.status === 201 && isLink(answer)) return answer;
  throw new Error(`[rumkit] ${route} answers ${response.status}. ${adviceFor(response.status, answer)}`);
}

function isLink(answer: unknown): answer is LiveLink {
  return isObject(answer) && typeof answer["url"] === "string" && Number.isSafeInteger(answer["endsAt"]);
}

function adviceFor(status: number, answer: unknown): string {
  const error = isObject(answer) ? answer["error"] : undefined;
  if (isObject(error) && error["code"] === "not_protected")
    return "Everyone who reaches this collector may read its live page: share its address.";
  if (status === 401 || status === 403)
    return "Use a token of scope live or admin: --token-file, or RUMKIT_TOKEN.";
  if (status >= 500) return "See the collector's log.";
  return "Is --url the address of a collector? --live-path names another path of its live page.";
}
