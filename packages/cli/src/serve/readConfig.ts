import { resolve } from "node:path";
import { clusterFaults } from "./clusterFaults.ts";
import { ConfigError } from "./configError.ts";
import { type ConfigFile, placeOfSetting, readConfigFile, isUsualFile } from "./configFile.ts";
import { grafanaVariable, readGrafanaVariables } from "./pushSettings.ts";
import { isLoopback } from "./exposure.ts";
import { readSecretFiles, secretFileName } from "./secretFiles.ts";
import {
  configSchema,
  type EffectiveConfig,
  environmentName,
  readSetting,
  SETTING_NAMES,
  type SettingName,
  settingOf,
  SETTINGS,
} from "./settings.ts";
import { defaultEnvironment } from "@rumkit/server/internal/serve";
import { nearestName } from "@rumkit/server/internal/base";

/** Settings by name, unchecked. */
type Layer = Readonly<Record<string, unknown>>;

export interface ConfigSources {
  /** The settings of the command line, as text. */
  readonly flags: Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The configuration file that the command line names. */
  readonly file: string | undefined;
  /** The working directory of the command. */
  readonly folder: string;
}

/** A configuration, and the source of each of its settings. */
export interface ReadConfig {
  readonly config: EffectiveConfig;
  /** The source of each setting: `default`, the path of the file, or the name of a variable or flag. */
  readonly sources: Readonly<Record<string, string>>;
}

/** The usual path of a catalog. */
const CATALOG = "./catalog.ts";

/** The variable that names the file if no flag does. */
export const FILE_VARIABLE = "RUMKIT_CONFIG";

/**
 * Reads the configuration. Flags take precedence over the environment, the environment over the file, the file over
 * the defaults. Throws a `ConfigError`.
 */
export async function readConfig({ flags, env, file, folder }: ConfigSources): Promise<ReadConfig> {
  const found = await readConfigFile(file ?? env[FILE_VARIABLE], folder);
  const secrets = await readSecretFiles(env);
  const layers: [layer: Layer, source: (name: string) => string][] = [
    [defaults(env, folder), () => "default"],
    [
      readGrafanaVariables(env, [found?.settings ?? {}, readEnvironment(env), secrets.settings]),
      grafanaVariable,
    ],
    [found?.settings ?? {}, () => found?.path ?? ""],
    [readEnvironment(env), (name) => environmentName(name as SettingName) ?? ""],
    [secrets.settings, (name) => secrets.sources[name as SettingName] ?? ""],
    [readFlags(flags), () => "command line"],
  ];
  const merged: Record<string, unknown> = {};
  const sources: Record<string, string> = {};
  for (const [layer, source] of layers) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined) continue;
      // Assigning `__proto__` would set the prototype of the settings, whose keys are not checked.
      if (name === "__proto__") throw new ConfigError([`${unknown("setting", name, [])} (${source(name)})`]);
      merged[name] = value;
      sources[name] = source(name);
    }
  }
  merged["environment"] ??= environmentOf(env, merged);
  sources["environment"] ??= "default";
  const parsed = configSchema.safeParse(merged);
  const faults = [
    ...unknownVariables(env),
    ...secrets.faults,
    ...(parsed.error?.issues ?? []).flatMap((issue) => describeIssue(issue, { sources, merged, found })),
    ...(parsed.data ? clusterFaults(parsed.data) : []),
  ];
  if (faults.length > 0 || !parsed.data) throw new ConfigError(faults);
  return { config: parsed.data, sources };
}

function defaults(env: ConfigSources["env"], folder: string): Layer {
  return {
    ...Object.fromEntries(SETTING_NAMES.map((name) => [name, settingOf(name).default])),
    // A missing catalog is not a fault if no source names one: the collector then learns names.
    ...(isUsualFile(resolve(folder, CATALOG)) && { catalog: CATALOG }),
  };
}

/** Returns `production` if other machines can reach the collector, or a service manager holds its socket. */
function environmentOf(env: ConfigSources["env"], { host, listenFd }: Layer): "development" | "production" {
  const isOwn = listenFd === undefined && (host === "localhost" || isLoopback(String(host)));
  return defaultEnvironment(env, isOwn ? "development" : "production");
}

function readEnvironment(env: ConfigSources["env"]): Layer {
  return Object.fromEntries(
    SETTING_NAMES.flatMap((name) => {
      const text = env[environmentName(name) ?? ""];
      // Compose files turn a variable that is not set into an empty one.
      return text === undefined || text === "" ? [] : [[name, readSetting(name, text)]];
    }),
  );
}

function readFlags(flags: ConfigSources["flags"]): Layer {
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      typeof value === "boolean" ? value : readSetting(name as SettingName, [value].flat().join(",")),
    ]),
  );
}

function unknownVariables(env: ConfigSources["env"]): string[] {
  const known = [
    FILE_VARIABLE,
    ...SETTING_NAMES.flatMap((name) => environmentName(name) ?? []),
    ...SETTING_NAMES.flatMap((name) => secretFileName(name) ?? []),
  ];
  return Object.keys(env)
    .filter((name) => name.startsWith("RUMKIT_") && !known.includes(name))
    .map((name) => unknown("environment variable", name, known));
}

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>["error"]>["issues"][number];

interface Settings {
  readonly sources: Readonly<Record<string, string>>;
  /** Values by name, unchecked. */
  readonly merged: Layer;
  readonly found: ConfigFile | undefined;
}

function describeIssue(issue: Issue, { sources, merged, found }: Settings): string[] {
  const path = issue.path.join(".");
  const name = String(issue.path[0]);
  /** Returns the source of a setting, with the line for a file. */
  const place = (setting: string, keys: readonly PropertyKey[] = [setting]): string => {
    const source = sources[setting] ?? found?.path ?? "nowhere";
    return source === found?.path ? placeOfSetting(source, keys) : source;
  };
  if (issue.code !== "unrecognized_keys") {
    const got = showValue(name, merged[name]);
    const message = issue.code === "invalid_value" ? describeChoice(issue.values) : issue.message;
    const end = /[.?!]$/.test(message) ? "" : ".";
    return [`${path} (${place(name, issue.path)}): ${message}${got === "" ? "" : ` (got ${got})`}${end}`];
  }
  const known =
    issue.path.length === 0 ? SETTING_NAMES : ["name", "key", "secret", "sha256", "origins", "app", "scopes"];
  return issue.keys.map((key) =>
    path === ""
      ? `${unknown("setting", key, known)} (${place(key)})`
      : `${path} (${place(name)}): ${unknown("key", key, known)}`,
  );
}

function describeChoice(values: readonly unknown[]): string {
  const texts = values.map(String);
  return texts.length > 1
    ? `must be ${texts.slice(0, -1).join(", ")} or ${texts.at(-1)}`
    : `must be ${texts.join()}`;
}

/** Returns the refused value for a message, unless the setting contains a secret. */
function showValue(name: string, value: unknown): string {
  if (!Object.hasOwn(SETTINGS, name)) return "";
  const { kind } = SETTINGS[name as SettingName];
  const isShown = ["text", "integer", "limit", "switch"].includes(kind);
  return isShown && ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : "";
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const meant = nearestName(name, known);
  return `Unknown ${what} ${name}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`;
}
