"use client";

/**
 * The hook for error pages: what a framework's boundary catches is counted.
 *
 * @module
 */
import { type ClientOptions, createMetricsWith, type Metrics } from "@rumkit/browser";
import { useContext, useEffect, useRef } from "react";
import { countRenderError } from "./countRenderError.ts";
import { isControlFlow } from "./isControlFlow.ts";
import { MetricsContext } from "../context/MetricsContext.ts";

/** What a bundler knows; without one there is no such variable in a browser. */
declare const process: { env: { NODE_ENV?: string } };

/** Errors that a boundary's page has reported: one that it throws again reaches the page of an outer boundary. */
const reported = new WeakSet();

/** The client of pages without a provider. It lasts as long as the document. */
let ownClient: Metrics | undefined;

/**
 * Counts an error that a framework's boundary caught and hands to a page or component of yours: `error.tsx` and
 * `global-error.tsx` of Next.js, `errorElement` of React Router, `errorComponent` of TanStack Router. React tells
 * nothing else of such an error. Its source is `react`; undefined, null, redirects and thrown responses are no errors.
 *
 * Each error counts once, whichever of several boundaries, `window.onerror` and StrictMode see it. The `digest`
 * that Next.js gives to errors of the server follows the stack, so that it leads to the line of the server's log.
 *
 * @param options For a page that replaces the root layout, and the provider with it: the options of a client of its
 *   own, such as `url` and `release`. It only sends errors. A provider above goes first. Under tests
 *   (`NODE_ENV` is `test`) there is no such client.
 *
 * @example
 * export default function ErrorPage({ error, reset }) {
 *   useErrorReport(error);
 *   return <button onClick={reset}>Try again</button>;
 * }
 */
export function useErrorReport(error: unknown, options?: ClientOptions): void {
  const provided = useContext(MetricsContext);
  /** What this mount has counted: a primitive has no identity, and a digest comes in a new object each time. */
  const counted = useRef<{ readonly mark: unknown }>(undefined);
  useEffect(() => {
    const digest = digestOf(error);
    const mark = digest ?? error;
    if (error === undefined || error === null || Object.is(counted.current?.mark, mark)) return;
    // React Router shows a page for what is not found, too.
    if (isControlFlow(error)) return;
    counted.current = { mark };
    if (typeof error === "object") {
      if (reported.has(error)) return;
      reported.add(error);
    }
    const client = provided ?? startOwnClient(options);
    if (!client) return;
    // In the form of a frame, for the groups of errors: all errors of the server have the same message.
    const componentStack = digest === undefined ? undefined : `\n    at digest_${digest} (server:1:1)`;
    countRenderError(client, error, { componentStack });
    // The user may reload at once.
    client.flush();
  }, [error, options, provided]);
}

function digestOf(error: unknown): string | undefined {
  const { digest } = Object(error) as { digest?: unknown };
  return typeof digest === "string" && digest !== "" ? digest : undefined;
}

function startOwnClient(options: ClientOptions = {}): Metrics | undefined {
  if (isTest()) return undefined;
  const { globalPrivacyControl } = navigator as { globalPrivacyControl?: boolean };
  return (ownClient ??= createMetricsWith([], {
    consent: globalPrivacyControl ? "denied" : "granted",
    ...options,
  }));
}

function isTest(): boolean {
  try {
    return process.env.NODE_ENV === "test";
  } catch {
    // No bundler.
    return false;
  }
}
