import { hash } from "node:crypto";
import { MAX_STACK, MAX_TEXT, templatePath } from "@rumkit/protocol";
import { rememberMatches } from "../base/rememberMatches.ts";
import { textOf } from "../base/shape.ts";
import { describeAs, type PageError, type ShownEvent, type ShownEvents } from "../base/shownEvents.ts";
import { isNotice } from "../metrics/labelValues.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { parseStack, renderFrame, type StackFrame } from "../stack/parseStack.ts";
import type { ReportedError } from "./errorGroups.ts";

export function isPageError({ type, source, details }: ShownEvent): boolean {
  return type === "error" && source === "page" && !isNotice(details["source"]);
}

/**
 * Adds the fingerprint, which replaces the app's attribute of that name. It comes first, because the tail cuts the
 * end.
 */
export function identify(event: ShownEvent, fingerprint: string): ShownEvent {
  const { fingerprint: _given, ...details } = event.details;
  return { ...event, details: { fingerprint, ...details } };
}

/** The fields that are read from the text of an error, scrubbed. */
type Fault = Pick<ReportedError, "fingerprint" | "name" | "message" | "stack">;

/** Reads an error whose stack stays unresolved. */
export type FaultReader = (error: Pick<PageError, "name" | "message" | "stack">) => Fault;

export function createFaultReader(scrub: Scrubber): FaultReader {
  /** The same error arrives repeatedly, so its text is parsed once: parsing takes thirty times as long as a lookup. */
  const readText = rememberMatches(
    (text) => {
      const [name, message, stack] = JSON.parse(text) as [string, string, string];
      return readFault(name, message, parseStack(stack), scrub);
    },
    { most: 100, longest: MAX_STACK + 2 * MAX_TEXT },
  );
  return ({ name, message, stack }) => readText(JSON.stringify([name, message, stack]));
}

export function asTheyCame(events: ShownEvents, faultOf: FaultReader): ShownEvents {
  const identified = (event: ShownEvent): ShownEvent =>
    isPageError(event) ? identify(event, faultOf(toPageError(event)).fingerprint) : event;
  return describeAs(events, () => events.describe().map(identified));
}

export function readFault(name: string, text: string, frames: readonly StackFrame[], scrub: Scrubber): Fault {
  const message = scrub.text(text);
  return {
    fingerprint: fingerprintOf({ name, message, frames }),
    name: scrub.text(name),
    message,
    stack: frames.map((frame) => scrub.text(renderFrame(frame))),
  };
}

export function toPageError({ name, details, count, route = "", session }: ShownEvent): PageError {
  const text = (key: string): string => textOf(details[key]);
  return {
    name,
    message: text("message"),
    stack: text("stack"),
    source: text("source"),
    release: text("release"),
    browser: text("browser"),
    sessions: session === undefined ? [] : [session],
    route,
    times: count,
  };
}

export function toReport(
  { source, release, browser, sessions, route, times }: PageError,
  at: number,
  fault: Fault,
  resolved: boolean,
  scrub: Scrubber,
): ReportedError {
  return {
    ...fault,
    at,
    times,
    route,
    release: scrub.text(release || "unknown"),
    source,
    browser: browser || "other",
    sessions,
    resolved,
  };
}

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
