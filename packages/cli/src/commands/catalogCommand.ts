import { writeFile } from "node:fs/promises";
import type { Catalog } from "@rumkit/protocol";
import { renderCatalog } from "../generate/renderCatalog.ts";
import { pathExists } from "../base/pathExists.ts";
import { parseCommandLine, readToken, readUrl, refuseArguments } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";
import { CatalogError, lintCatalog } from "@rumkit/server/internal/metrics";

const USAGE = `Usage: rumkit catalog --from <collector> [--out <file>] [--app <name>] [--token <token>] [--force]

Writes a catalog of what a collector without one has seen: the names that have a place, routes, currencies, texts
that can be labels, and buckets by the values of measurements. Read it before you use it: units, buckets and labels
are guesses. What calls carried is remembered since the collector's last start.

  --from <collector>  its address: http://127.0.0.1:4000
  --out <file>        where it is written. Default catalog.ts; - for the standard output
  --app <name>        the app's name in snake_case. Default the collector's
  --token <token>     of scope live or admin, where the collector asks for one. Default the environment's RUMKIT_TOKEN,
                      or the file that RUMKIT_TOKEN_FILE names
  --api-path <path>   the path of its API. Default the environment's RUMKIT_API_PATH, else /api/rumkit
  --force             replace a file that exists

Exit codes: 0 done, 1 the collector does not answer or has seen nothing, or the file exists, 2 invalid arguments.
`;

export const catalogCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, {
      from: { type: "string" },
      out: { type: "string", default: "catalog.ts" },
      app: { type: "string" },
      token: { type: "string" },
      "api-path": { type: "string" },
      force: { type: "boolean", default: false },
    });
    const { from, out, app, force } = values;
    refuseArguments(positionals, "--from");
    if (from === undefined)
      throw new UsageError(
        "[rumkit] --from is missing: the collector's address, e.g. --from http://127.0.0.1:4000.",
      );
    const url = readUrl("--from", from);
    if (out !== "-" && !force && pathExists(out))
      throw new Error(`[rumkit] ${out} exists. Take another --out, or --force to replace it.`);
    const base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
    const draft = await fetchDraft(
      base,
      readBasePath("api", values["api-path"], process.env),
      values.token ?? (await readToken(process.env)),
    );
    if (isEmpty(draft))
      throw new Error(
        `[rumkit] ${base} has seen no page view and no name yet: nothing was written. Open your app, use it, and run this again.`,
      );
    const catalog = { ...draft, ...(app !== undefined && { app }) };
    const faults = lintCatalog(catalog);
    if (faults.length > 0) throw new CatalogError(faults.map(({ text }) => text));
    const written = renderCatalog(catalog, base);
    if (out === "-") process.stdout.write(written);
    else {
      await writeFile(out, written);
      process.stdout.write(`Wrote ${out}: ${describe(catalog)}. Check it: rumkit check ${out}\n`);
    }
    return 0;
  },
};

/** True where a draft has the app's name and nothing to count. */
function isEmpty({ app: _app, routes, ...groups }: Catalog): boolean {
  return routes.length === 0 && Object.keys(groups).length === 0;
}

async function fetchDraft(base: string, apiPath: string, token: string): Promise<Catalog> {
  const source = `${base}${apiPath}/catalog`;
  const response = await fetch(source, {
    headers: token === "" ? {} : { authorization: `Bearer ${token}` },
    // A redirect could take the token to another host.
    redirect: "manual",
  }).catch((cause: unknown) => {
    const inner =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    throw new Error(`[rumkit] ${base} does not answer: ${inner}. Check --from.`, { cause });
  });
  const text = await response.text();
  const draft = response.ok ? readDraft(text) : undefined;
  if (draft) return draft;
  if (response.ok) throw new Error(`[rumkit] ${source} answers no catalog. ${IS_IT_ONE}`);
  throw new Error(`[rumkit] ${source} answers ${response.status}. ${adviceFor(response.status, text)}`);
}

/** Undefined for anything but a catalog: development servers answer every path with their page. */
function readDraft(text: string): Catalog | undefined {
  try {
    const draft = JSON.parse(text) as Catalog | null;
    return typeof draft?.app === "string" ? draft : undefined;
  } catch {
    return undefined;
  }
}

const IS_IT_ONE = "Is --from the address of a collector? --api-path names another path of its API.";

function adviceFor(status: number, text: string): string {
  if (status === 401 || status === 403) return "Use --token with a token of scope live or admin.";
  if (status === 404 && text.includes("no_draft")) return "It has a catalog, and learns no names.";
  return IS_IT_ONE;
}

function describe({ routes, actions, conversions, measurements, features }: Catalog): string {
  const groups = { route: routes, action: actions, conversion: conversions, measurement: measurements };
  return Object.entries({ ...groups, feature: features })
    .map(([noun, group]) => [noun, Object.keys(group ?? {}).length] as const)
    .map(([noun, count]) => `${count} ${noun}${count === 1 ? "" : "s"}`)
    .join(", ");
}
