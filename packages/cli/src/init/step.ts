import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isThere } from "../base/isThere.ts";
import type { Project } from "./project.ts";

/** One change of a project. Nothing that exists is overwritten: what cannot be edited safely is printed for the user. */
export type Step =
  | { readonly kind: "create"; readonly file: string; readonly text: string }
  /** Lines that are put into a file, `text` is the whole file then. */
  | { readonly kind: "edit"; readonly file: string; readonly added: string; readonly text: string }
  | { readonly kind: "paste"; readonly file: string; readonly added: string; readonly why: string }
  | { readonly kind: "done"; readonly file: string };

/** A file that is created where there is none. */
export function create({ folder }: Project, file: string, text: string): Step {
  if (!isThere(join(folder, file))) return { kind: "create", file, text };
  const isSame = readFileSync(join(folder, file), "utf8") === text;
  return isSame
    ? { kind: "done", file }
    : { kind: "paste", file, added: text, why: "It exists and stays as it is. Compare it with" };
}

/**
 * A file that is edited where there is no doubt.
 *
 * @param change Returns the new text, undefined where nothing is missing, `"unsafe"` where it cannot tell where.
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

/** The start of a file that must stay in front: a byte order mark, the line by which a shell finds Node, comments, and directives. */
const PROLOGUE =
  /^\uFEFF?(?:#![^\n]*\n)?(?:(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*(?:"use \w+"|'use \w+')[^\S\n]*;?[^\S\n]*(?:\n|$))*/;

/** The text with lines before its first statement. */
export function prepend(lines: string, text: string): string {
  const [prologue] = PROLOGUE.exec(text)!;
  const end = prologue === "" || /[\n\uFEFF]$/.test(prologue) ? "" : "\n";
  return prologue + end + lines + text.slice(prologue.length);
}

/** A step for the user to do by hand. */
export function paste(file: string, added: string, why: string): Step {
  return { kind: "paste", file, added, why };
}
