import { parseCommandLine, readUrl, refuseArguments } from "./arguments.ts";
import { type Command, UsageError } from "./command.ts";
import { scriptFile, scriptIntegrity, scriptName } from "@rumkit/server/internal/script";
import { reasonOf } from "@rumkit/server/internal/base";

const USAGE = `Usage: rumkit script --url <collector> [--latest] [--app <app>] [--key <key>] [--release <release>]

Prints the tag that loads the page's client from a collector, for pages without a bundler. The tag has the version that
the collector serves now, and its integrity: a browser runs that file and nothing else. Print it anew after an update.

  --url <collector>    https://rum.example, with the path where the collector is mounted
  --latest             a tag without version and integrity, which always loads the collector's own version
  --app <app>          the app of the catalog
  --key <key>          the write key, if the collector asks for one
  --release <release>  the release of your page

Exit codes: 0 done, 1 the collector does not answer or serves no script, 2 invalid arguments.
`;

/** Milliseconds that an answer may take. */
const TIMEOUT_MS = 10_000;

const ATTRIBUTES = ["app", "key", "release"] as const;

export const scriptCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(argv, {
      url: { type: "string" },
      latest: { type: "boolean", default: false },
      app: { type: "string" },
      key: { type: "string" },
      release: { type: "string" },
    });
    refuseArguments(positionals, "--url");
    if (values.url === undefined)
      throw new UsageError(
        "[rumkit] --url is missing: the collector's address, e.g. --url https://rum.example.",
      );
    const base = readUrl("--url", values.url);
    const root = `${base.origin}${base.pathname.replace(/\/+$/, "")}`;
    const text = await readScript(`${root}/rum.js`);
    if (text !== scriptFile)
      process.stderr.write(
        "[rumkit] The collector serves another version of rumkit than this one. The tag is for its version.\n",
      );
    const source = values.latest
      ? [`src="${root}/rum.js"`]
      : [
          `src="${root}/${scriptName(text)}"`,
          `integrity="${scriptIntegrity(text)}"`,
          'crossorigin="anonymous"',
        ];
    const data = ATTRIBUTES.flatMap((name) =>
      values[name] === undefined ? [] : [`data-${name}="${escapeAttribute(values[name])}"`],
    );
    process.stdout.write(`<script ${[...source, "data-rumkit", ...data, "defer"].join(" ")}></script>\n`);
    return 0;
  },
};

async function readScript(address: string): Promise<string> {
  const response = await fetch(address, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: unknown) => {
      throw new Error(`[rumkit] Cannot reach ${address}: ${reasonOf(error)}.`, { cause: error });
    },
  );
  const text = await response.text();
  const isScript =
    response.ok && response.headers.get("content-type")?.startsWith("text/javascript") === true;
  if (!isScript)
    throw new Error(
      `[rumkit] ${address} answers ${response.status}, and not with the script. Is --url the collector's?`,
    );
  return text;
}

function escapeAttribute(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
