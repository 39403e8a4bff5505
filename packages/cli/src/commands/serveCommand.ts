import type { ParseArgsConfig } from "node:util";
import { addressOf, refuseExposure } from "../serve/listen.ts";
import { type ReadConfig, readConfig } from "../serve/readConfig.ts";
import { renderConfig } from "../serve/renderConfig.ts";
import { renderSettings } from "../serve/renderSettings.ts";
import {
  type EffectiveConfig,
  environmentName,
  flagName,
  SETTING_NAMES,
  type SettingName,
  SETTINGS,
} from "../serve/settings.ts";
import { supervise } from "../serve/supervise.ts";
import { sendAddress } from "../serve/checkWorker.ts";
import { waitForSignal } from "../serve/waitForSignal.ts";
import { createWorkerChannel } from "../serve/workerChannel.ts";
import { oneCatalog, parseCommandLine } from "./arguments.ts";
import type { Command } from "./command.ts";

const USAGE = `Usage: rumkit serve [<catalog.ts>] [--config <file>] [--check] [--supervise] [settings]

Serves a collector: POST /collect for pages, /metrics for Prometheus, /realtime for people.

  --config <file>   default rumkit.config.ts, .mts, .js, .mjs or .json of this folder, if there is one
  --check           print every setting and where it comes from, check it, and exit
  --supervise       keep the listening socket while the collector is replaced (SIGHUP) or starts again

A flag beats its environment variable, which beats the file, which beats the default.

${renderSettings()}
A list is written with commas, or by repeating its flag. Secrets have no flag.

Exit codes: 0 stopped in order, 1 invalid configuration or shutdown timed out, 2 invalid arguments.
`;

export const serveCommand: Command = {
  usage: USAGE,
  run: async (argv) => {
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

/** Loads the collector on demand, because a supervisor has none: it starts in half the time. */
const importServe = () => import("../serve/serve.ts");

async function serveUntilAsked({ config }: ReadConfig, isSupervised: boolean): Promise<number> {
  const channel = isSupervised ? createWorkerChannel() : undefined;
  const asked = waitForSignal(channel?.ordered);
  const { serve } = await importServe();
  const serving = await serve(config).catch((error: unknown) => {
    channel?.close();
    throw error;
  });
  // Messages for people go to standard error, because the standard output belongs to the log.
  for (const line of announce(serving.origin, config)) process.stderr.write(`${line}\n`);
  channel?.ready();
  await asked;
  if (await serving.drain()) return 0;
  process.stderr.write("[rumkit] Shutdown timed out: connections that were still open were closed.\n");
  return 1;
}

/** Prints the configuration, and fails if it is invalid. */
export async function checkConfig(read: ReadConfig): Promise<number> {
  process.stdout.write(renderConfig(read));
  const { config } = read;
  const { checkConfigured } = await importServe();
  await checkConfigured(config);
  // The address of a socket that another process opens is known only when that socket exists.
  const address = config.listenFd === undefined ? await addressOf(config.host) : "127.0.0.1";
  refuseExposure(address, config);
  sendAddress(config);
  return 0;
}

/** Returns the addresses that the process serves in its role. */
function announce(
  origin: string,
  { role, livePath }: Pick<EffectiveConfig, "role" | "livePath">,
): readonly string[] {
  const takesBatches = role === "all" || role === "edge";
  if (!origin.startsWith("http")) return [`${takesBatches ? "Collector" : "Listening"}   ${origin}`];
  const shows = role === "all" || role === "live";
  return [
    ...(takesBatches ? [`Collector   ${origin}/collect`] : []),
    `Metrics     ${origin}/metrics`,
    ...(shows ? [`Live page   ${origin}${livePath}`] : []),
    `Ready       ${origin}/readyz`,
  ];
}

interface ServeOptions {
  readonly flags: Partial<Record<SettingName, string | boolean | readonly string[]>>;
  readonly file: string | undefined;
  readonly check: boolean;
  readonly isSupervisor: boolean;
  /** Internal flag set by the supervisor; intentionally undocumented. */
  readonly isSupervised: boolean;
}

function readOptions(argv: string[]): ServeOptions {
  const { values, positionals } = parseCommandLine(
    argv,
    {
      ...settingOptions(),
      config: { type: "string" },
      check: { type: "boolean", default: false },
      supervise: { type: "boolean", default: false },
      supervised: { type: "boolean", default: false },
    },
    explainOption,
  );
  const catalog = positionals.length > 0 ? oneCatalog(positionals, "serve") : undefined;
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

/** Explains an option that is a setting without a flag. */
function explainOption(name: string): string | undefined {
  const setting = SETTING_NAMES.find((one) => one.toLowerCase() === name.replaceAll("-", "").toLowerCase());
  if (setting === undefined || flagName(setting) !== undefined) return undefined;
  const variable = environmentName(setting);
  if (variable === undefined) return `--${name} is not an option. Set ${setting} in rumkit.config.ts.`;
  return `Secrets are not accepted on the command line. Set ${variable} or ${variable}_FILE.`;
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

function say(sentence: string): void {
  process.stderr.write(`[rumkit] ${sentence}\n`);
}
