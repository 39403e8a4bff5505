import { relative, resolve } from "node:path";
import type { Finding, Unread } from "./lintFile.ts";

/** The forms of a report. */
export const FORMATS = ["text", "json", "github"] as const;

export type Format = (typeof FORMATS)[number];

/** Colors a word. */
export type Paint = (style: "red" | "yellow" | "dim" | "green", text: string) => string;

/** Renders one line for each finding, and one with their number. */
export function renderText(findings: readonly Finding[], files: readonly string[], paint: Paint): string {
  const lines = findings.map(({ file, line, column, level, message, rule }) => {
    const place = line === undefined ? file : `${file}:${line}:${column}`;
    const label = level === "error" ? paint("red", "error") : paint("yellow", "warning");
    return `${place}: ${label}: ${message} ${paint("dim", `[${rule}]`)}\n`;
  });
  const { errors, warnings } = countLevels(findings);
  const where = files.join(", ");
  const end =
    findings.length === 0
      ? `${paint("green", "No findings")} in ${where}.\n`
      : `${plural(errors, "error")} and ${plural(warnings, "warning")} in ${where}.\n`;
  return lines.join("") + end;
}

/** Renders a JSON object, for machines. */
export function renderJson(findings: readonly Finding[], files: readonly string[]): string {
  return `${JSON.stringify({ files, ...countLevels(findings), findings }, null, 2)}\n`;
}

/**
 * Renders workflow commands of GitHub Actions, which annotate the lines of a pull request (docs.github.com, "Workflow
 * commands for GitHub Actions").
 *
 * @param root The folder of the repository, to which the paths of annotations are relative.
 */
export function renderGitHub(
  findings: readonly Finding[],
  unread: readonly Unread[],
  root: string | undefined,
): string {
  const missing = unread.map(
    ({ file, message }) =>
      `::error file=${escapeProperty(pathIn(root, file))},title=rumkit cannot read it::${escapeData(message)}\n`,
  );
  const found = findings.map(({ level, file, line, column, rule, message }) => {
    const place = line === undefined ? "" : `,line=${line},col=${column}`;
    const properties = `file=${escapeProperty(pathIn(root, file))}${place},title=${escapeProperty(`rumkit ${rule}`)}`;
    return `::${level} ${properties}::${escapeData(message)}\n`;
  });
  return [...missing, ...found].join("");
}

export function countLevels(findings: readonly Finding[]): {
  readonly errors: number;
  readonly warnings: number;
} {
  const errors = findings.filter(({ level }) => level === "error").length;
  return { errors, warnings: findings.length - errors };
}

/** The escapes of `actions/toolkit`, packages/core/src/command.ts. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function pathIn(root: string | undefined, file: string): string {
  if (!root) return file;
  const path = relative(root, resolve(file));
  return path.startsWith("..") ? file : path.replaceAll("\\", "/");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
