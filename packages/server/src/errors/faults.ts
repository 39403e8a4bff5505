import { MAX_STACK, MAX_TEXT } from "@rumkit/protocol";
import { rememberMatches } from "../base/rememberMatches.ts";
import { describeAs, type PageError, type ShownEvent, type ShownEvents } from "../base/shownEvents.ts";
import { textOf } from "../base/shape.ts";
import { isNotice } from "../metrics/labelValues.ts";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { parseStack } from "../stack/parseStack.ts";
import { renderFrame, type StackFrame } from "../stack/stackFrame.ts";
import type { ReportedError } from "./errorGroups.ts";
import { fingerprintOf } from "./fingerprint.ts";

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
