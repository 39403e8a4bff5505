import { lookup } from "node:dns/promises";
import type { ParseArgsConfig } from "node:util";
import { boundHeap } from "../serve/boundHeap.ts";
import { refuseExposure } from "../serve/listen.ts";
import { type ReadConfig, readConfig } from "../serve/readConfig.ts";
import { renderConfig } from "../serve/renderConfig.ts";
import { checkConfigured, serve } from "../serve/serve.ts";
import { environmentName, flagName, SETTING_NAMES, type SettingName, SETTINGS } from "../serve/settings.ts";
import { supervise } from "../serve/supervise.ts";
import { untilSignal } from "../serve/untilSignal.ts";
import { createWorkerChannel } from "../serve/workerChannel.ts";
import { type Command, UsageError } from "./command.ts";
import { parseCommandLine } from "./parseCommandLine.ts";

const USAGE = `Usage: rumkit serve [<catalog.ts>] [--config <file>] [--check] [--supervise] [settings]

Serves a collector: POST /collect for pages, /metrics for Prometheus, /realtime for people.

  --config <file>   default rumkit.config.ts, .mts, .js, .mjs or .json of this folder, if there is one
  --check           say what would be served, with every setting and where it comes from, and exit
  --supervise       keep the listening socket while the collector is replaced (SIGHUP) or starts again

A flag beats its environment variable, which beats the file, which beats the default.

${renderSettings()}
Exit codes: 0 ended in order, 1 the configuration is at fault or the end took too long, 2 the command line is wrong.
`;

export const serveCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
    boundHeap();
    const { flags, file, check, isSupervisor, isSupervised } = readOptions(argv);
    const read = await readConfig({ flags, file, env: process.env, folder: process.cwd() });
    if (check) return checkConfig(read);
    if (isSupervisor) {
      const args = argv.filter((argument) => argument !== "--supervise");
      return process.exit(await supervise({ config: read.config, args, say }));
    }
    return process.exit(await serveUntilAsked(read, isSupervised));
  },
};

async function serveUntilAsked({ config }: ReadConfig, isSupervised: boolean): Promise<number> {
  const channel = isSupervised ? createWorkerChannel() : undefined;
  const asked = untilSignal(channel?.ordered);
  const serving = await serve(config).catch((error: unknown) => {
    channel?.close();
    throw error;
  });
  // For people, and so beside the standard output, which is the log's.
  for (const line of announce(serving.origin)) process.stderr.write(`${line}\n`);
  channel?.ready();
  await asked;
  if (await serving.drain()) return 0;
  process.stderr.write("[rumkit] The end took too long: connections that were still open are cut.\n");
  return 1;
}

/** Prints the configuration, and fails where it could not be run. */
export async function checkConfig(read: ReadConfig): Promise<number> {
  process.stdout.write(renderConfig(read));
  const { config } = read;
  await checkConfigured(config);
  // Of a socket that somebody else opens, the address is known only when it is there.
  const { address } = config.listenFd === undefined ? await lookup(config.host) : { address: "127.0.0.1" };
  refuseExposure(address, config);
  return 0;
}

function announce(origin: string): string[] {
  if (!origin.startsWith("http")) return [`Collector   ${origin}`];
  return [
    `Collector   ${origin}/collect`,
    `Metrics     ${origin}/metrics`,
    `Live page   ${origin}/realtime`,
    `Ready       ${origin}/readyz`,
  ];
}

interface ServeOptions {
  readonly flags: Partial<Record<SettingName, string | boolean | readonly string[]>>;
  readonly file: string | undefined;
  readonly check: boolean;
  readonly isSupervisor: boolean;
  /** Said by the supervisor only, so that the usage does not tell of it. */
  readonly isSupervised: boolean;
}

function readOptions(argv: string[]): ServeOptions {
  const { values, positionals } = parseCommandLine(argv, {
    ...settingOptions(),
    config: { type: "string" },
    check: { type: "boolean", default: false },
    supervise: { type: "boolean", default: false },
    supervised: { type: "boolean", default: false },
  });
  const [catalog, ...rest] = positionals;
  if (rest.length > 0)
    throw new UsageError(`[rumkit] Too many arguments: ${rest.join(" ")}. One catalogue at a time.`);
  const { config, check, supervise: isSupervisor, supervised: isSupervised, ...settings } = values;
  const given = settings as Record<string, string | boolean | string[] | undefined>;
  const flags: ServeOptions["flags"] = {};
  for (const name of SETTING_NAMES) {
    const value = given[flagName(name) ?? ""];
    if (value !== undefined) flags[name] = value;
  }
  if (catalog !== undefined) flags.catalog = catalog;
  return { flags, file: config, check, isSupervisor, isSupervised };
}

function settingOptions(): NonNullable<ParseArgsConfig["options"]> {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const flag = flagName(name);
      const { kind } = SETTINGS[name];
      if (flag === undefined) return [];
      return [[flag, { type: kind === "switch" ? "boolean" : "string", multiple: kind === "list" }]];
    }),
  );
}

/** A paragraph for each setting: flag, variable, default, what it is. */
function renderSettings(): string {
  return SETTING_NAMES.map((name) => {
    const { default: initial, help } = SETTINGS[name];
    const flag = flagName(name);
    const names = [flag && `--${flag}`, environmentName(name)].filter(Boolean).join(", ");
    const value = initial === undefined || typeof initial === "object" ? "none" : String(initial);
    return `  ${names || name}\n      ${help}${name === "environment" ? "" : `; default ${value}`}\n`;
  }).join("");
}

function say(sentence: string): void {
  process.stderr.write(`[rumkit] ${sentence}\n`);
}
