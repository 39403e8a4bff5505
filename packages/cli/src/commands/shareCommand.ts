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
       rumkit share --end <link> [--token-file <file>]

Prints a read-only link to the live page of a running collector that asks for tokens. Anyone who has the link sees the live
page until it ends, and can do nothing else. It ends earlier if the token is replaced by which it was made.

  --url <collector>    its address, with the path where it is mounted, or that of its live page: a query of the page, such
                       as ?view=errors, is part of the link. Default http://127.0.0.1:4000
  --for <time>         how long it is valid: 30m, 24h, 7d. A minute to 30 days. Default 24h
  --end <link>         ends this link before its time, instead of making one. The collector is that of its address
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
      url: { type: "string" },
      for: { type: "string" },
      end: { type: "string" },
      "live-path": { type: "string" },
      "token-file": { type: "string" },
    });
    refuseArguments(positionals, "--url");
    const { end } = values;
    if (end !== undefined && (values.url ?? values.for) !== undefined)
      throw new UsageError("[rumkit] --end takes neither --url nor --for: the link has its address.");
    const url = end === undefined ? readUrl("--url", values.url ?? LOCAL) : readUrl("--end", end);
    const livePath = readBasePath("live", values["live-path"], process.env);
    const seconds = readSeconds(values.for ?? "24h");
    const file = values["token-file"];
    const token = file === undefined ? await readToken(process.env) : await readTokenFile(file);
    const route = `${collectorOf(url, livePath)}${livePath}/share`;
    if (end === undefined) await printLink(`${route}?seconds=${seconds}`, token, url.search);
    else await endLink(`${route}/end`, token, url.hash);
    return 0;
  },
};

const LOCAL = "http://127.0.0.1:4000";

async function printLink(route: string, token: string, search: string): Promise<void> {
  const answer = await request(route, token);
  if (answer.status !== 201 || !isLink(answer.body)) throw refusalOf(route, answer);
  const shared = new URL(answer.body.url, route);
  shared.search = search;
  process.stdout.write(`${shared.href}\n`);
  process.stderr.write(`It ends on ${new Date(answer.body.endsAt).toISOString()}.\n`);
}

async function endLink(route: string, token: string, hash: string): Promise<void> {
  const link = new URLSearchParams(hash.slice(1)).get("token");
  if (link === null) throw new UsageError("[rumkit] --end must be a whole link: it ends with #token=rkl1.…");
  const answer = await request(route, token, { token: link });
  if (answer.status !== 204) throw refusalOf(route, answer);
  process.stderr.write("The link has ended.\n");
}

const SECONDS = { m: 60, h: 3_600, d: 86_400 };

function readSeconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds >= MIN_LINK_SECONDS && seconds <= MAX_LINK_SECONDS) return seconds;
  throw new UsageError(`[rumkit] --for must be 1m to 30d: a whole number with m, h or d (got "${text}").`);
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function request(route: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(route, {
    method: "POST",
    headers: {
      ...(token !== "" && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
    // A redirect could take the token to another host.
    redirect: "manual",
  }).catch((cause: unknown) => {
    throw new Error(`[rumkit] ${route} does not answer: ${escapeText(reasonOf(cause))}. Check --url.`, {
      cause,
    });
  });
  return { status: response.status, body: await response.json().catch(() => undefined) };
}

function refusalOf(route: string, { status, body }: Answer): Error {
  return new Error(`[rumkit] ${route} answers ${status}. ${adviceFor(status, body)}`);
}

function isLink(answer: unknown): answer is LiveLink {
  return isObject(answer) && typeof answer["url"] === "string" && Number.isSafeInteger(answer["endsAt"]);
}

function adviceFor(status: number, answer: unknown): string {
  const error = isObject(answer) ? answer["error"] : undefined;
  if (isObject(error) && error["code"] === "not_protected")
    return "Everyone who reaches this collector may read its live page: share its address.";
  if (isObject(error) && error["code"] === "unknown")
    return "The link opens nothing: it was altered, its key is gone, or it has ended.";
  if (isObject(error) && (error["code"] === "full" || error["code"] === "not_kept"))
    return escapeText(String(error["message"]));
  if (status === 401 || status === 403)
    return "Use a token of scope live or admin: --token-file, or RUMKIT_TOKEN.";
  if (status >= 500) return "See the collector's log.";
  return "Is --url the address of a collector? --live-path names another path of its live page.";
}
