import {
  DEFAULT_LABELS,
  type GenerateSettings,
  type TargetLabels,
  UNDECLARED_PARTS,
  type UndeclaredPart,
} from "../base/generateSettings.ts";

/** Unprintable characters and unusual line ends, which neither YAML nor Grafana's titles can hold. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** Returns the right form of a value, for "must be …"; undefined if it has it. */
type Rule = (value: unknown) => string | undefined;

const isText = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.length <= most && !UNPRINTABLE.test(value);

const url: Rule = (value) => {
  const parsed = typeof value === "string" ? URL.parse(value) : null;
  const isRight =
    parsed !== null &&
    ["http:", "https:"].includes(parsed.protocol) &&
    parsed.username + parsed.password + parsed.search + parsed.hash === "";
  return isRight
    ? undefined
    : "an address that starts with http:// or https://, without a password, a query or a hash";
};

/** The rule of each setting. */
export const SETTING_RULES: Readonly<Record<keyof GenerateSettings, Rule>> = {
  labels: labelsRule,
  titlePrefix: (value) => (isText(value, 60) ? undefined : "at most 60 printable characters"),
  uidPrefix: (value) =>
    isText(value, 20) && /^[\w-]*$/.test(value) ? undefined : "at most 20 letters, digits, - and _",
  folder: (value) =>
    isText(value, 100) && value.trim() === value && value !== ""
      ? undefined
      : "the title of a folder: 1 to 100 printable characters",
  tags: (value) =>
    Array.isArray(value) && value.every((tag) => isText(tag, 50) && tag.trim() !== "")
      ? undefined
      : "a list of words of at most 50 printable characters",
  leaveOut: (value) =>
    Array.isArray(value) && value.every((part) => UNDECLARED_PARTS.includes(part as UndeclaredPart))
      ? undefined
      : `a list of ${UNDECLARED_PARTS.join(", ")}`,
  postgresJob: (value) =>
    isText(value, 200) && value !== "" ? undefined : "the name of a scrape job, as scrape_configs has it",
  timezone: (value) =>
    typeof value === "string" && isTimezone(value)
      ? undefined
      : "browser, utc, or a name such as Europe/Berlin",
  runbookUrl: url,
  grafanaUrl: url,
  team: (value) =>
    isText(value, 64) && /^[\w .@/-]+$/.test(value) ? undefined : "the name of a team, of at most 64 letters",
  datasourceUid: (value) =>
    isText(value, 40) && /^[\w-]+$/.test(value)
      ? undefined
      : "the uid of a data source: at most 40 letters, digits, - and _",
  aliases: (value) => (typeof value === "boolean" ? undefined : "true or false"),
};

function isTimezone(name: string): boolean {
  if (name === "browser" || name === "utc") return true;
  try {
    return (
      Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && name.includes("/")
    );
  } catch {
    return false;
  }
}

/** The names of labels, all different, because a query names each of them. */
function labelsRule(value: unknown): string | undefined {
  const known = [...Object.keys(DEFAULT_LABELS), "cluster"];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `names of labels by ${known.join(", ")}`;
  const names: [string, unknown][] = Object.entries({
    ...DEFAULT_LABELS,
    ...(value as Partial<TargetLabels>),
  });
  const unknown = names.find(([key]) => !known.includes(key));
  if (unknown) return `names of labels by ${known.join(", ")}, not "${unknown[0]}"`;
  const wrong = names.find(
    ([, name]) => typeof name !== "string" || !/^[a-zA-Z_]\w*$/.test(name) || name.startsWith("__"),
  );
  if (wrong) return `names of labels of Prometheus: ${wrong[0]} is ${JSON.stringify(wrong[1])}`;
  const twice = names.find(([, name], index) => names.findIndex(([, other]) => other === name) !== index);
  return twice && `different names of labels: ${twice[0]} is "${String(twice[1])}" like another`;
}
