import { type Environment, fileVariable, readSecret } from "../base/readSecret.ts";
import { environmentName, readSetting, SETTING_NAMES, type SettingName, SETTINGS } from "./settings.ts";

/** The settings that were read from files, by name, with the variable that names each file, and their faults. */
export interface SecretFiles {
  readonly settings: Readonly<Partial<Record<SettingName, unknown>>>;
  readonly sources: Readonly<Partial<Record<SettingName, string>>>;
  /** Sentences without secrets and without paths, because a secret may be given instead of a path by mistake. */
  readonly faults: readonly string[];
}

/** `RUMKIT_METRICS_TOKEN_FILE` for `metricsToken`; undefined for a setting that is not a secret, or has no variable. */
export function secretFileName(name: SettingName): string | undefined {
  return ["secret", "keys"].includes(SETTINGS[name].kind) ? fileVariable(environmentName(name)!) : undefined;
}

/**
 * Reads secrets from separate files, as Docker, Kubernetes and systemd provide them. The variable `…_FILE` names the
 * file. An empty variable is ignored.
 */
export async function readSecretFiles(env: Environment): Promise<SecretFiles> {
  const settings: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, string>> = {};
  const faults: string[] = [];
  for (const name of SETTING_NAMES) {
    const variable = environmentName(name);
    if (secretFileName(name) === undefined || variable === undefined) continue;
    const read = await readSecret(env, variable, { lists: SETTINGS[name].kind === "keys" });
    if (read === undefined) continue;
    if ("fault" in read) faults.push(read.fault);
    else {
      settings[name] = readSetting(name, read.text);
      sources[name] = fileVariable(variable);
    }
  }
  return { settings, sources, faults };
}
