import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { readSecret } from "../serve/secretFiles.ts";
import { isMapFile, isRelease } from "../sourceMaps/mapName.ts";
import { type Command, UsageError } from "./command.ts";
import { parseCommandLine } from "./parseCommandLine.ts";

const USAGE = `Usage: rumkit sourcemaps upload <folder> --release <release> --url <collector> [--token <token>]

Uploads every .map file below a folder, so that the stacks of that release's errors name your sources. Do it after
each build, and leave the maps out of what you serve.

  --release <release>  what pages send as their release
  --url <collector>    https://rum.example
  --token <token>      of scope admin. Default the environment's RUMKIT_TOKEN, which no list of processes shows, or
                       the file that RUMKIT_TOKEN_FILE names
  --help               show this text

Exit codes: 0 done, 1 a map could not be uploaded, or there is none, 2 the command line is wrong.
`;

interface Upload {
  readonly folder: string;
  readonly release: string;
  readonly url: URL;
  readonly token: string;
}

export const sourcemapsCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    const upload = await parse(argv);
    const files = await mapsBelow(upload.folder);
    if (files.length === 0) throw new Error(`[rumkit] There is no .map file below ${upload.folder}.`);
    for (const file of files) {
      const bytes = await send(upload, file);
      process.stdout.write(`Uploaded ${file} (${bytes} bytes)\n`);
    }
    return 0;
  },
};

async function parse(argv: string[]): Promise<Upload> {
  const { values, positionals } = parseCommandLine(argv, {
    release: { type: "string" },
    url: { type: "string" },
    token: { type: "string" },
  });
  const [verb, folder, ...rest] = positionals;
  if (verb !== "upload" || folder === undefined || rest.length > 0)
    throw new UsageError("[rumkit] Write: rumkit sourcemaps upload <folder>.");
  const { release = "", token = await tokenOf(process.env) } = values;
  if (!isRelease(release))
    throw new UsageError(`[rumkit] --release is "${release}". Write letters, digits and . _ + @ -.`);
  const url = URL.parse(values.url ?? "");
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError("[rumkit] --url is missing. Write the collector's: https://rum.example.");
  if (token === "") throw new UsageError("[rumkit] --token is missing. Set RUMKIT_TOKEN.");
  return { folder, release, url, token };
}

async function tokenOf(env: NodeJS.ProcessEnv): Promise<string> {
  const read = await readSecret(env, "RUMKIT_TOKEN");
  if (read && "fault" in read) throw new UsageError(`[rumkit] ${read.fault}`);
  return read?.text ?? env["RUMKIT_TOKEN"] ?? "";
}

async function mapsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .filter((file) => isMapFile(file))
    .toSorted();
}

async function send({ folder, release, url, token }: Upload, file: string): Promise<number> {
  const body = await readFile(join(folder, file));
  const base = url.href.replace(/\/$/, "");
  const target = `${base}/api/sourcemaps/${encodeURIComponent(release)}/${encodeURIComponent(file)}`;
  const response = await fetch(target, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
    // A redirect could take the token to another host.
    redirect: "error",
  });
  if (!response.ok) throw new Error(`[rumkit] ${file}: ${response.status} ${await response.text()}`);
  return body.length;
}
