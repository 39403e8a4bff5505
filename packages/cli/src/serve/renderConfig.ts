import type { Catalog } from "@rumkit/protocol";
import type { ReadConfig } from "./readConfig.ts";
import { type EffectiveConfig, SETTING_NAMES, type SettingName, SETTINGS } from "./settings.ts";

/** Renders one line per setting: name, value and source. Contains no secret and no digest of one. */
export function renderConfig({ config, sources }: ReadConfig): string {
  const rows = SETTING_NAMES.map((name) => [name, renderValue(name, config), sources[name] ?? "default"]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([name, value, source]) => `${name!.padEnd(widths[0]!)}  ${value!.padEnd(widths[1]!)}  ${source}\n`)
    .join("");
}

function renderValue(name: SettingName, config: EffectiveConfig): string {
  const value = config[name];
  if (value === undefined) return "none";
  if (name === "broker" && typeof value === "string") return withoutUser(value);
  if (SETTINGS[name].kind === "secret") return "(set)";
  if (name === "alerts") return renderAlerts(config.alerts);
  if (name === "remoteWrite") return "(set)";
  if (typeof value !== "object") return String(value);
  if (!Array.isArray(value)) return `the app "${(value as Catalog).app}"`;
  return value.length === 0 ? "none" : (value as readonly Entry[]).map(renderEntry).join(", ");
}

/** Leaves out user, password and query of an address: the rest says which log it is. */
function withoutUser(address: string): string {
  return address.replace(/:\/\/.*@/s, "://(set)@").replace(/[?#].*$/s, "");
}

/** Names and types alone: everything else may be a secret. */
function renderAlerts(alerts: EffectiveConfig["alerts"] = {}): string {
  if (alerts === false) return "false";
  const { receivers = {}, actions = {}, routes = [] } = alerts;
  const named = Object.entries(receivers).map(([receiver, { type }]) => `${receiver} (${type})`);
  const parts = [
    named.length > 0 ? `receivers ${named.join(", ")}` : "no receivers",
    ...(routes.length > 0 ? [`${routes.length} ${routes.length === 1 ? "route" : "routes"}`] : []),
    ...(Object.keys(actions).length > 0 ? [`actions ${Object.keys(actions).join(", ")}`] : []),
  ];
  return parts.join("; ");
}

type Entry = string | RegExp | EffectiveConfig["writeKeys" | "secretKeys" | "tokens"][number];

/** Renders an entry. A write key is public, so it is shown, which helps to find the one in use. */
function renderEntry(entry: Entry): string {
  if (typeof entry === "string" || entry instanceof RegExp) return String(entry);
  const scopes = "scopes" in entry ? ` for ${entry.scopes.join(" and ")}` : "";
  return `${entry.name}=${"key" in entry ? entry.key : "(set)"}${scopes}`;
}
