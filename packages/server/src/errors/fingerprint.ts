import { hash } from "node:crypto";
import { templatePath } from "@rumkit/protocol";
import { templateMessage } from "./templateMessage.ts";
import type { StackFrame } from "../stack/stackFrame.ts";

/** Frames that make an error what it is: below them stands who happened to call, which differs by page. */
const TOP_FRAMES = 5;

/**
 * Hexadecimal digits of a fingerprint: 48 bits tell some thousand faults apart, and no run of twelve digits is
 * taken for a card's number.
 */
const DIGITS = 12;

/** What an error is told from others by. */
export interface ThrownError {
  /** The constructor's name: `TypeError`. */
  readonly name: string;
  readonly message: string;
  readonly frames: readonly StackFrame[];
}

/**
 * Twelve hexadecimal digits that are the same for the same fault: of the error's name and the functions and
 * files of its first frames in the app's own code.
 *
 * Lines and columns are left out, because a minified file moves them with every build, and so are the content
 * hashes of file names. Engines name a method by its class or not, so only its own name counts. Where there
 * are no frames the message takes their place, with numbers and ids in it templated.
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

/** `/assets/app-3f2a91bc.js` is `/assets/app.js`: what a build adds to a name, and ids of folders, are gone. */
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

/** Digits, or capitals after the first letter, among others: no word of a file's name. */
function isMixed(text: string): boolean {
  return /^[\dA-Za-z_-]+$/.test(text) && (/\d/.test(text) || (/.[A-Z]/.test(text) && /[a-z]/.test(text)));
}
