import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "../base/makeFolder.ts";
import { pathExists } from "../base/pathExists.ts";
import { parseCommandLine, readToken, readUrl } from "./arguments.ts";
import { readBasePath } from "./basePathOption.ts";
import { type Command, UsageError } from "./command.ts";
import { MapRefused, putSourceMap } from "./putSourceMap.ts";
import { type BuildMap, findBuildMaps, isRelease } from "@rumkit/server/internal/sourceMaps";

const USAGE = `Usage: rumkit sourcemaps upload <folder> --release <release> --url <collector> [--token <token>]
       rumkit sourcemaps copy <folder> --release <release> --to <maps>

Hands the source maps of a build to a collector, so that the stacks of that release's errors name your sources. Run it
after each build, and leave the maps out of what you serve. <folder> holds the scripts and their maps: dist,
.next/static. A script's map is the one that its sourceMappingURL names, a file or inline, else <script>.map.

upload sends them to a running collector. copy writes them into the folder that its option sourceMaps.directory names.

  --release <release>  the release that pages send
  --url <collector>    https://rum.example
  --token <token>      of scope admin. Default the environment's RUMKIT_TOKEN, which no list of processes shows, or
                       the file that RUMKIT_TOKEN_FILE names
  --api-path <path>    the path of its API. Default the environment's RUMKIT_API_PATH, else /api/rumkit
  --to <maps>          the collector's folder of maps
  --strict             exit with 1 on a warning: a map that belongs to no script, a script that names a missing map
  --help               show this text

Exit codes: 0 done, 1 a map was refused, or there is none, or --strict and a warning, 2 invalid arguments.
`;

interface Job {
  readonly folder: string;
  readonly strict: boolean;
  /** "Uploaded", "Copied". */
  readonly done: string;
  readonly take: (map: BuildMap) => Promise<void>;
}

export const sourcemapsCommand: Command = {
  usage: USAGE,
  run: async (argv) => handOver(await parse(argv)),
};

async function handOver({ folder, strict, done, take }: Job): Promise<number> {
  const { scripts, withoutMap, maps } = await findBuildMaps(folder);
  let taken = 0;
  let refused = 0;
  let warnings = 0;
  for await (const map of maps) {
    if ("reason" in map) {
      warnings += 1;
      process.stderr.write(`[rumkit] Warning: ${map.file} ${map.reason}.\n`);
      continue;
    }
    try {
      await take(map);
      taken += 1;
      process.stdout.write(`${done} ${map.file} (${describe(map)})\n`);
    } catch (error) {
      if (!(error instanceof MapRefused)) throw error;
      refused += 1;
      process.stderr.write(`${error.message}\n`);
    }
  }
  if (taken + refused === 0)
    throw new Error(
      `[rumkit] No map of a script is below ${folder}. Build with source maps, and name that folder.`,
    );
  const of = scripts > 0 ? plural(scripts, "script") : "no scripts, so each map keeps its name";
  process.stdout.write(`${done} ${plural(taken, "map")}. Below ${folder}: ${of}`);
  process.stdout.write(withoutMap > 0 ? `, ${withoutMap} without a map.\n` : ".\n");
  return refused > 0 || (strict && warnings > 0) ? 1 : 0;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function describe({ file, from, text }: BuildMap): string {
  const bytes = `${Buffer.byteLength(text)} bytes`;
  if (from === undefined) return `inline, ${bytes}`;
  return from === file ? bytes : `from ${from}, ${bytes}`;
}

async function parse(argv: string[]): Promise<Job> {
  const { values, positionals } = parseCommandLine(argv, {
    release: { type: "string" },
    url: { type: "string" },
    token: { type: "string" },
    "api-path": { type: "string" },
    to: { type: "string" },
    strict: { type: "boolean" },
  });
  const [verb, folder, ...rest] = positionals;
  if ((verb !== "upload" && verb !== "copy") || folder === undefined || rest.length > 0)
    throw new UsageError(
      "[rumkit] Write: rumkit sourcemaps upload <folder>, or rumkit sourcemaps copy <folder>.",
    );
  const { release, strict = false } = values;
  if (release === undefined) throw new UsageError("[rumkit] --release is missing: the one that pages send.");
  if (!isRelease(release))
    throw new UsageError(`[rumkit] --release may have letters, digits and . _ + @ - (got "${release}").`);
  if (!pathExists(folder)) throw new Error(`[rumkit] The folder ${folder} does not exist.`);
  if (verb === "copy") {
    if (!values.to) throw new UsageError("[rumkit] --to is missing. Write the collector's folder of maps.");
    return { folder, strict, done: "Copied", take: copyTo(join(values.to, release)) };
  }
  if (values.url === undefined)
    throw new UsageError(
      "[rumkit] --url is missing: the collector's address, e.g. --url https://rum.example.",
    );
  const url = readUrl("--url", values.url);
  const apiPath = readBasePath("api", values["api-path"], process.env);
  const { token = await readToken(process.env) } = values;
  if (token === "") throw new UsageError("[rumkit] --token is missing. Set RUMKIT_TOKEN.");
  return {
    folder,
    strict,
    done: "Uploaded",
    take: (map) => putSourceMap({ url, apiPath, release, token }, map),
  };
}

function copyTo(folder: string): Job["take"] {
  return async ({ file, text }) => {
    const target = join(folder, file);
    await makeFolder(dirname(target));
    await writeFile(target, text);
  };
}
