import { hash } from "node:crypto";
import { templatePath } from "@rumkit/protocol";
import type { StackFrame } from "../stack/stackFrame.ts";

/** Frames that identify an error: the frames below them are callers, which differ by page. */
const TOP_FRAMES = 5;

/**
 * Hexadecimal digits of a fingerprint: 48 bits tell some thousand faults apart, and a run of twelve digits is never
 * taken for a card's number.
 */
const DIGITS = 12;

/** The fields that tell one error from others. */
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
 * Removes the parts that a build adds to a name, and ids of folders: `/assets/app-3f2a91bc.js` is `/assets/app.js`.
 */
export function withoutContentHash(file: string): string {
  const slash = file.lastIndexOf("/");
  const [stem = "", ...rest] = file.slice(slash + 1).split(".");
  const kept = rest.filter((part) => !isContentHash(part));
  return `${templatePath(file.slice(0, slash + 1))}${[withoutSuffix(stem), ...kept].join(".")}`;
}

/** Bundlers put the hash behind a hyphen; Rolldown's and Rollup's is base64 and may hold hyphens itself. */
const ROLLUP_HASH = 8;

function withoutSuffix(stem: string): string {
  const at = stem.length - ROLLUP_HASH - 1;
  if (at > 0 && stem[at] === "-" && isMixed(stem.slice(at + 1))) return stem.slice(0, at);
  const hyphen = Math.max(stem.lastIndexOf("-"), stem.lastIndexOf("_"));
  if (hyphen > 0 && isContentHash(stem.slice(hyphen + 1))) return stem.slice(0, hyphen);
  return isContentHash(stem) ? ":hash" : stem;
}

/** Webpack's is hexadecimal, 8 to 32 digits; esbuild's base 32, 8. */
function isContentHash(part: string): boolean {
  if (part.length < 6 || part.length > 64 || !/^[\dA-Za-z]+$/.test(part)) return false;
  if (/^[\da-f]+$/i.test(part)) return /\d/.test(part) || part.length >= 16;
  return part.length >= ROLLUP_HASH && /\d/.test(part) && (part.length >= 16 || isMixed(part));
}

/** Digits, or capitals after the first letter, among other characters: no word of a file's name has this form. */
function isMixed(text: string): boolean {
  return /^[\dA-Za-z_-]+$/.test(text) && (/\d/.test(text) || (/.[A-Z]/.test(text) && /[a-z]/.test(text)));
}

/** Units from which a run with some digits is an id and not a word with a number. */
const ID_UNITS = 8;

/** Digits that an id of that length has at least: `step-2-of-three` is a word. */
const ID_DIGITS = 3;

/**
 * Replaces the parts of a message that differ from one time to the next: `Order 4711 not found` is `Order 0 not
 * found`, an id of letters and digits is `#`.
 */
export function templateMessage(message: string): string {
  return message.replace(/[\dA-Za-z_-]+/g, (run) => {
    const digits = run.match(/\d/g)?.length ?? 0;
    const letters = /[A-Za-z]/.test(run);
    if (run.length >= ID_UNITS && digits >= ID_DIGITS && letters) return "#";
    return digits > 0 ? run.replace(/\d+/g, "0") : run;
  });
}
