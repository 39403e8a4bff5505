import { hash } from "node:crypto";
import { templatePath } from "@rumkit/protocol";
import type { StackFrame } from "../stack/stackFrame.ts";

/** Frames that identify an error: the frames below them are callers, which differ by page. */
const TOP_FRAMES = 5;

/**
 * Hexadecimal digits of a fingerprint: 48 bits distinguish thousands of faults, and scrubbing never mistakes twelve
 * digits for a card number.
 */
const DIGITS = 12;

/** The fields that identify an error. */
export interface ThrownError {
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  readonly message: string;
  readonly frames: readonly StackFrame[];
}

/**
 * Returns twelve hexadecimal digits that are the same for the same fault: computed from the error's name and the
 * functions and files of its first frames in the app's own code.
 *
 * Lines and columns are left out, because a minified file moves them with every build, and so are the content hashes
 * of file names. Some engines put the class before a method's name and others do not, so only the method's name
 * counts. Without frames the message replaces them, with numbers and ids in it templated.
 */
export function fingerprintOf({ name, message, frames }: ThrownError): string {
  const own = frames.filter((frame) => frame.inApp);
  const marks = (own.length > 0 ? own : frames).slice(0, TOP_FRAMES).map(markOf);
  const parts = marks.length > 0 ? [name, ...marks] : [name, templateMessage(message)];
  return hash("sha256", JSON.stringify(parts)).slice(0, DIGITS);
}

function markOf(frame: StackFrame): string {
  const name = frame.function ?? "";
  const own = name.slice(Math.max(name.lastIndexOf("."), name.lastIndexOf("/")) + 1);
  return `${own} ${frame.kind} ${withoutContentHash(frame.file ?? "")}`;
}

/**
 * Removes the content hashes that a build adds to names of files and folders: `/assets/app-3f2a91bc.js` is
 * `/assets/app.js`.
 */
export function withoutContentHash(file: string): string {
  const slash = file.lastIndexOf("/");
  const [stem = "", ...rest] = file.slice(slash + 1).split(".");
  const kept = rest.filter((part) => !isContentHash(part));
  return `${templatePath(file.slice(0, slash + 1))}${[withoutSuffix(stem), ...kept].join(".")}`;
}

/** Bundlers put the hash after a hyphen. Hashes of Rolldown and Rollup are base64 and may contain hyphens. */
const ROLLUP_HASH = 8;

function withoutSuffix(stem: string): string {
  const at = stem.length - ROLLUP_HASH - 1;
  if (at > 0 && stem[at] === "-" && isMixed(stem.slice(at + 1))) return stem.slice(0, at);
  const hyphen = Math.max(stem.lastIndexOf("-"), stem.lastIndexOf("_"));
  if (hyphen > 0 && isContentHash(stem.slice(hyphen + 1))) return stem.slice(0, hyphen);
  return isContentHash(stem) ? ":hash" : stem;
}

/** Hashes of webpack are hexadecimal with 8 to 32 digits; hashes of esbuild are base 32 with 8. */
function isContentHash(part: string): boolean {
  if (part.length < 6 || part.length > 64 || !/^[\dA-Za-z]+$/.test(part)) return false;
  if (/^[\da-f]+$/i.test(part)) return /\d/.test(part) || part.length >= 16;
  return part.length >= ROLLUP_HASH && /\d/.test(part) && (part.length >= 16 || isMixed(part));
}

/** True for text with digits, or with capitals after the first letter: words in file names rarely have this form. */
function isMixed(text: string): boolean {
  return /^[\dA-Za-z_-]+$/.test(text) && (/\d/.test(text) || (/.[A-Z]/.test(text) && /[a-z]/.test(text)));
}

/** Minimum UTF-16 units of an id with digits; shorter text is a word with a number. */
const ID_UNITS = 8;

/** Minimum digits of such an id: `step-2-of-three` is not one. */
const ID_DIGITS = 3;

/**
 * Replaces the parts of a message that differ between occurrences: `Order 4711 not found` is `Order 0 not found`, an
 * id of letters and digits is `#`.
 */
export function templateMessage(message: string): string {
  return message.replace(/[\dA-Za-z_-]+/g, (run) => {
    const digits = run.match(/\d/g)?.length ?? 0;
    const letters = /[A-Za-z]/.test(run);
    if (run.length >= ID_UNITS && digits >= ID_DIGITS && letters) return "#";
    return digits > 0 ? run.replace(/\d+/g, "0") : run;
  });
}
