"use client";

/**
 * Hook for error pages: counts errors that a framework's boundary caught.
 *
 * @module
 */
import { type ClientOptions, createMetricsWith, type Metrics } from "@rumkit/browser";
import { useContext, useEffect, useRef } from "react";
import { countRenderError } from "./countRenderError.ts";
import { isControlFlow } from "./isControlFlow.ts";
import { MetricsContext } from "../context/MetricsContext.ts";

/** Replaced by bundlers. Without a bundler, browsers have no such variable. */
declare const process: { env: { NODE_ENV?: string } };

/** Reported errors. A page that throws its error again passes it to the page of an outer boundary. */
const reported = new WeakSet();

/** Client of pages without a provider. It lives as long as the document. */
let ownClient: Metrics | undefined;

/**
 * Counts an error that a framework's boundary caught and passed to the app's error page: `error.tsx` and
 * `global-error.tsx` of Next.js, `errorElement` of React Router, `errorComponent` of TanStack Router. React reports such
 * errors nowhere else. The source is `react`. Undefined, null, redirects and thrown responses are not errors.
 *
 * Each error counts once, even if several boundaries, `window.onerror` and StrictMode report it. The `digest` that
 * Next.js gives to server errors follows the stack, so it leads to the line of the server's log.
 *
 * @param options Options, such as `url` and `release`, of a separate client for a page that replaces the root layout and
 *   with it the provider. That client only sends errors. A provider above takes precedence. In tests (`NODE_ENV` is
 *   `test`) there is no such client.
 *
 * @example
 * export default function ErrorPage({ error, reset }) {
 *   useErrorReport(error);
 *   return <button onClick={reset}>Try again</button>;
 * }
 */
export function useErrorReport(error: unknown, options?: ClientOptions): void {
  const provided = useContext(MetricsContext);
  /** Last error counted by this mount. A primitive has no identity, and each error with a digest is a new object. */
  const counted = useRef<{ readonly mark: unknown }>(undefined);
  useEffect(() => {
    const digest = digestOf(error);
    const mark = digest ?? error;
    if (error === undefined || error === null || Object.is(counted.current?.mark, mark)) return;
    // React Router also shows this page for "not found".
    if (isControlFlow(error)) return;
    counted.current = { mark };
    if (typeof error === "object") {
      if (reported.has(error)) return;
      reported.add(error);
    }
    const client = provided ?? startOwnClient(options);
    if (!client) return;
    // Written as a stack frame, so that server errors form separate groups: they all have the same message.
    const componentStack = digest === undefined ? undefined : `\n    at digest_${digest} (server:1:1)`;
    countRenderError(client, error, { componentStack });
    // The user may reload immediately.
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
