import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { isMissing, nearestName } from "@rumkit/server/internal/base";
import {
  DEFAULT_LABELS,
  DEFAULT_SETTINGS,
  type GenerateSettings,
  type TargetLabels,
} from "../base/generateSettings.ts";
import { importModule } from "./importModule.ts";
import { SETTING_RULES } from "./settingRules.ts";

/** Settings as a file or the command line gives them: those that are missing have their defaults. */
export type GivenSettings = {
  readonly [Name in keyof Omit<GenerateSettings, "labels">]?: GenerateSettings[Name] | undefined;
} & { readonly labels?: Partial<TargetLabels> | undefined };

/**
 * Reads the settings of `rumkit generate` from a file, the default export of a module or JSON, and puts those of the
 * command line in their place.
 *
 * Throws an Error with one line for each fault: an unknown setting, or a wrong value.
 */
export async function readSettings(
  path: string | undefined,
  flags: GivenSettings = {},
): Promise<GenerateSettings> {
  const inFile = path === undefined ? {} : await readSettingsFile(path);
  const faults = [
    ...faultsOf(inFile, (name) => `${path}: ${name}`),
    ...faultsOf(flags, (name) => FLAGS[name as keyof GenerateSettings] ?? name),
  ];
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return {
    ...DEFAULT_SETTINGS,
    ...withoutUndefined(inFile),
    ...withoutUndefined(flags),
    labels: { ...DEFAULT_LABELS, ...inFile.labels, ...flags.labels },
  };
}

/** The flag of each setting, for messages. */
const FLAGS: Readonly<Record<keyof GenerateSettings, string>> = {
  labels: "--label",
  titlePrefix: "--title-prefix",
  uidPrefix: "--uid-prefix",
  folder: "--folder",
  tags: "--tag",
  leaveOut: "--leave-out",
  postgresJob: "--postgres-job",
  timezone: "--timezone",
  runbookUrl: "--runbooks",
  grafanaUrl: "--grafana",
  team: "--team",
  datasourceUid: "--datasource-uid",
  aliases: "--aliases",
};

async function readSettingsFile(path: string): Promise<GivenSettings> {
  const value = extname(path) === ".json" ? await readJson(path) : (await importModule(path))["default"];
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Error(
    `[rumkit] ${path} has no settings. Write them as its default export: export default { folder: "Shops" }.`,
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as unknown;
  } catch (cause) {
    const reason = isMissing(cause) ? "there is no such file" : (cause as Error).message;
    throw new Error(`[rumkit] ${path} cannot be read: ${reason}.`, { cause });
  }
}

function faultsOf(given: object, nameOf: (name: string) => string): string[] {
  return Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (!Object.hasOwn(SETTING_RULES, name)) {
      const meant = nearestName(name, Object.keys(SETTING_RULES));
      const advice =
        meant === undefined ? `Known: ${Object.keys(SETTING_RULES).join(", ")}.` : `Did you mean ${meant}?`;
      return `[rumkit] ${nameOf(name)} is not a setting. ${advice}`;
    }
    const wanted = SETTING_RULES[name as keyof GenerateSettings](value);
    return wanted === undefined
      ? []
      : `[rumkit] ${nameOf(name)} must be ${wanted}. Got ${JSON.stringify(value)}.`;
  });
}

function withoutUndefined(given: GivenSettings): Partial<Omit<GenerateSettings, "labels">> {
  const { labels: _, ...settings } = given;
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
