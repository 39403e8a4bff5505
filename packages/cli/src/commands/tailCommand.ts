import { once } from "node:events";
import { follow } from "../tail/follow.ts";
import { readFilters } from "../tail/readFilters.ts";
import { renderJson, renderLine } from "../tail/render.ts";
import { collectorOf, parseCommandLine, readToken, readTokenFile, readUrl } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";

const USAGE = `Usage: rumkit tail [<collector>] [--filter <name>=<value>]... [--json] [--token-file <file>]

Shows the events of a running collector: the last 50, then each one as it happens. <collector> is its URL, with the
path where it is mounted. Default http://127.0.0.1:4000. Ctrl-C ends it.

  --filter <filter>    only some events; may be repeated. type=conversion, route=/cart, label.device=mobile. Values of
                       one name are alternatives, different names all have to match. ! before a value excludes it
  --live-path <path>   the path of its live page. Default the environment's RUMKIT_LIVE_PATH, else /realtime
  --json               print each event as a line of JSON, and skipped ones as {"skipped":{"page_view":12}}
  --token-file <file>  a token of scope live, where the collector asks for one. Default the environment's RUMKIT_TOKEN,
                       or the file that RUMKIT_TOKEN_FILE names

It reconnects after a lost connection. A line says how many events it did not get.

Exit codes: 0 ended by Ctrl-C or a closed pipe, 1 the collector does not answer or refuses, 2 invalid arguments.
`;

export const tailCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const { values, positionals } = parseCommandLine(
      argv,
      {
        filter: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        "live-path": { type: "string" },
        "token-file": { type: "string" },
      },
      (name) =>
        name === "url" ? "The URL has no option here: rumkit tail http://127.0.0.1:4000." : undefined,
    );
    const [address = "http://127.0.0.1:4000", extra] = positionals;
    if (extra !== undefined)
      throw new UsageError("[rumkit] Expected one URL of a collector, got several arguments.");
    const url = readUrl("The collector's URL", address);
    const livePath = readBasePath("live", values["live-path"], process.env);
    const root = collectorOf(url, livePath);
    const { query, fault } = readFilters(values.filter);
    if (fault !== undefined) throw new UsageError(`[rumkit] ${fault}`);
    const file = values["token-file"];
    const token = file === undefined ? await readToken(process.env) : await readTokenFile(file);
    if (!/^[\x21-\x7e]*$/.test(token))
      throw new UsageError("[rumkit] The token has characters that no token has.");

    const hasColor = process.stdout.isTTY && process.stdout.hasColors() && !process.env["NO_COLOR"];
    return untilEnd(async (signal, write) =>
      follow({
        source: { root, livePath, query, token },
        signal,
        show: (shown) => write(values.json ? renderJson(shown) : renderLine(shown, hasColor)),
        onLost: () => process.stderr.write(`[rumkit] The connection to ${root} is lost. Reconnecting.\n`),
      }),
    );
  },
};

/** Runs until a signal, or until the reader of the output is gone. */
async function untilEnd(
  run: (signal: AbortSignal, write: (text: string) => Promise<void>) => Promise<void>,
): Promise<number> {
  const ended = new AbortController();
  let failure: Error | undefined;
  const end = (): void => ended.abort();
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== "EPIPE") failure = error;
    end();
  };
  const write = async (text: string): Promise<void> => {
    if (ended.signal.aborted || process.stdout.write(text)) return;
    // Without this, events would pile up in memory before a slow reader.
    await once(process.stdout, "drain", { signal: ended.signal }).catch(() => {});
  };
  process.stdout.on("error", onError);
  process.on("SIGINT", end).on("SIGTERM", end);
  try {
    await run(ended.signal, write);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
  if (failure) throw failure;
  return 0;
}
