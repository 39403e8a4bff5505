import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathExists } from "../base/pathExists.ts";
import type { Project } from "./project.ts";

/** One change to a project. Nothing is overwritten: a change that cannot be made safely is printed for the user. */
export type Step =
  | { readonly kind: "create"; readonly file: string; readonly text: string }
  /** Lines that are added to a file. `text` is the whole resulting file. */
  | { readonly kind: "edit"; readonly file: string; readonly added: string; readonly text: string }
  | { readonly kind: "paste"; readonly file: string; readonly added: string; readonly why: string }
  | { readonly kind: "done"; readonly file: string };

/** Creates a file if it does not exist. */
export function create({ folder }: Project, file: string, text: string): Step {
  if (!pathExists(join(folder, file))) return { kind: "create", file, text };
  const isSame = readFileSync(join(folder, file), "utf8") === text;
  return isSame
    ? { kind: "done", file }
    : { kind: "paste", file, added: text, why: "It exists and stays as it is. Compare it with" };
}

/**
 * Edits a file if the edit is safe.
 *
 * @param change Returns the new text; undefined if nothing is missing; `"unsafe"` if the position of the edit is
 * unclear.
 */
export function edit(
  { folder }: Project,
  file: string,
  added: string,
  change: (text: string) => string | undefined,
): Step {
  const text = change(readFileSync(join(folder, file), "utf8"));
  if (text === undefined) return { kind: "done", file };
  return text === "unsafe"
    ? paste(file, added, "It is not edited, because it already has settings. Add")
    : { kind: "edit", file, added, text };
}

/** The start of a file that must stay first: a byte order mark, a shebang line, comments, and directives. */
const PROLOGUE =
  /^\uFEFF?(?:#![^\n]*\n)?(?:(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(?:"use \w+"|'use \w+')[^\S\n]*;?[^\S\n]*(?:\n|$))*/;

/** Inserts lines before the first statement of a text. */
export function prepend(lines: string, text: string): string {
  const [prologue] = PROLOGUE.exec(text)!;
  const end = prologue === "" || /[\n\uFEFF]$/.test(prologue) ? "" : "\n";
  return prologue + end + lines + text.slice(prologue.length);
}

/** Creates a step that the user must do by hand. */
export function paste(file: string, added: string, why: string): Step {
  return { kind: "paste", file, added, why };
}
