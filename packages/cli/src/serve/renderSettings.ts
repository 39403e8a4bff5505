import { environmentName, flagName, SETTING_NAMES, type SettingName, settingOf } from "./settings.ts";

/** Returns a paragraph for each setting, for `--help`: flag, variable, meaning, values, default. */
export function renderSettings(): string {
  return SETTING_NAMES.map((name) => {
    const { help, values } = settingOf(name);
    const flag = flagName(name);
    const names = [flag && `--${flag}`, environmentName(name)].filter(Boolean).join(", ") || name;
    return `  ${names}\n      ${help}; ${values}; default ${defaultOf(name) ?? "none"}\n`;
  }).join("");
}

/** Returns the table of docs/serve.md. */
export function renderSettingsTable(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { help, values, unset } = settingOf(name);
    const flag = flagName(name);
    const initial = unset === undefined ? quote(defaultOf(name)) : unset;
    return [quote(name), values, initial, quote(flag && `--${flag}`), quote(environmentName(name)), help];
  });
  const head = ["setting", "values", "default", "flag", "variable", "what"];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}

/** Returns the default in words; undefined if there is none. */
function defaultOf(name: SettingName): string | undefined {
  const { default: initial, unset } = settingOf(name);
  return unset ?? (initial === undefined || typeof initial === "object" ? undefined : String(initial));
}

function quote(code: string | undefined): string {
  return code === undefined ? "none" : `\`${code}\``;
}
