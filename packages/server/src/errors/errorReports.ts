import type { ErrorGroups, ErrorOrder, LiveEvent } from "@rumkit/protocol";
import type { Scrubber } from "../scrub/createScrubber.ts";
import { createErrorGroups } from "./errorGroups.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { parseStack } from "./parseStack.ts";
import type { ReportedError } from "./reportedError.ts";
import { renderFrame } from "./stackFrame.ts";

/** What becomes of the accepted errors of pages besides being counted: they are grouped, written into the log, and shown. */
export interface ErrorReports {
  /** Takes an event that was counted; one that is no error of a page is only shown. */
  see(event: LiveEvent): void;
  list(order: ErrorOrder, limit: number): ErrorGroups;
}

export interface ErrorReportsOptions {
  readonly scrub: Scrubber;
  /** Writes an error into the log. */
  readonly logError: (error: ReportedError) => void;
  /** Shows an event in the live tail. */
  readonly showEvent: (event: LiveEvent) => void;
}

export function createErrorReports({ scrub, logError, showEvent }: ErrorReportsOptions): ErrorReports {
  const groups = createErrorGroups();

  const report = (event: LiveEvent): void => {
    const { name } = event;
    const { fingerprint: _given, ...details } = event.details;
    const message = scrub.text(textOf(details["message"]));
    const frames = parseStack(textOf(details["stack"]));
    const fingerprint = fingerprintOf({ name, message, frames });
    const error: ReportedError = {
      fingerprint,
      name: scrub.text(name),
      message,
      at: event.at,
      times: event.count,
      route: event.route ?? "",
      release: scrub.text(textOf(details["release"]) || "unknown"),
      source: textOf(details["source"]),
      browser: textOf(details["browser"]) || "other",
      stack: frames.map((frame) => scrub.text(renderFrame(frame))),
      resolved: false,
    };
    groups.see(error);
    logError(error);
    // First, because the tail cuts what is behind; the app's own attribute of that name gives way.
    showEvent({ ...event, details: { fingerprint, ...details } });
  };

  return {
    see: (event) => {
      if (event.type === "error" && event.source === "page") report(event);
      else showEvent(event);
    },
    list: groups.list,
  };
}

/** Attributes may hold anything that JSON has for a value. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
