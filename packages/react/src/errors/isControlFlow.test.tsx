/** Control flow that frameworks throw, created by the frameworks if they can run here. */
import { notFound as tanstackNotFound, redirect as tanstackRedirect } from "@tanstack/react-router";
import { notFound as oldTanstackNotFound, redirect as oldTanstackRedirect } from "tanstack-router-1-40";
import { act, render } from "@testing-library/react";
import * as next from "next/navigation.js";
import { Component, type ReactNode, Suspense } from "react";
import {
  data,
  isRouteErrorResponse,
  redirect,
  UNSAFE_ErrorResponseImpl as ErrorResponse,
} from "react-router";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { isControlFlow } from "./isControlFlow.ts";
import { MetricsErrorBoundary } from "./MetricsErrorBoundary.tsx";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { rootErrorHandlers } from "./rootErrorHandlers.ts";

const page = recordPage();

beforeEach(() => vi.mocked(console.error).mockName("expected"));
afterEach(() => void vi.mocked(console.error).mockClear());

/** Returns the value that the call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("Nothing was thrown.");
}

const withDigest = (digest: unknown): Error => Object.assign(new Error(String(digest)), { digest });

// `forbidden` and `unauthorized` ask the build whether the app has switched them on.
vi.stubEnv("__NEXT_EXPERIMENTAL_AUTH_INTERRUPTS", "true");

const CONTROL_FLOW: [string, () => unknown][] = [
  ["Next.js redirect()", () => thrownBy(() => next.redirect("/login"))],
  ["Next.js permanentRedirect()", () => thrownBy(() => next.permanentRedirect("/login"))],
  ["Next.js notFound()", () => thrownBy(() => next.notFound())],
  ["Next.js forbidden()", () => thrownBy(() => next.forbidden())],
  ["Next.js unauthorized()", () => thrownBy(() => next.unauthorized())],
  ["Next.js 14 notFound()", () => withDigest("NEXT_NOT_FOUND")],
  ["Next.js bail-out to the client", () => withDigest("BAILOUT_TO_CLIENT_SIDE_RENDERING")],
  ["React Router redirect()", () => redirect("/login")],
  ["React Router Response", () => new Response("", { status: 404 })],
  ["React Router data()", () => data(null, { status: 404 })],
  ["React Router ErrorResponse", () => new ErrorResponse(404, "Not Found", null)],
  [
    "React Router redirect of a server component",
    () => withDigest('REACT_ROUTER_ERROR:REDIRECT:{"status":302}'),
  ],
  ["TanStack Router redirect()", () => tanstackRedirect({ to: "/login" })],
  ["TanStack Router notFound()", () => tanstackNotFound()],
  ["TanStack Router 1.40 redirect()", () => oldTanstackRedirect({ to: "/login" })],
  [
    "TanStack Router 1.40 redirect() that throws",
    () => thrownBy(() => oldTanstackRedirect({ to: "/login", throw: true })),
  ],
  ["TanStack Router 1.40 notFound()", () => oldTanstackNotFound()],
];

const ERRORS: [string, unknown][] = [
  ["an error", new TypeError("broken")],
  ["an error of a server component, by its hash", withDigest("2338862387")],
  ["an error with a digest of the app", withDigest("DATABASE_DOWN")],
  ["an error with a status", Object.assign(new Error("refused"), { status: 404, statusText: "Not Found" })],
  ["an error of an app's page that is missing", Object.assign(new Error("missing"), { isNotFound: "yes" })],
  ["an error of an app that redirects", Object.assign(new Error("moved"), { isRedirect: "/login" })],
  ["an error whose digest is a symbol", withDigest(Symbol("NEXT_"))],
  ["a text", "NEXT_REDIRECT"],
  ["undefined", undefined],
  [
    "an object whose properties throw",
    new Proxy(
      {},
      {
        get: () => {
          throw new Error("no");
        },
      },
    ),
  ],
];

test.each(CONTROL_FLOW)("%s is control flow", (_title, create) => expect(isControlFlow(create())).toBe(true));
test.each(ERRORS)("%s is an error", (_title, thrown) => expect(isControlFlow(thrown)).toBe(false));
test("React Router agrees about its values", () =>
  expect(isRouteErrorResponse(CONTROL_FLOW.find(([title]) => title.endsWith("ErrorResponse"))?.[1]())).toBe(
    true,
  ));

/** A boundary of a framework, as it stands above those of the app. */
class FrameworkBoundary extends Component<{ children: ReactNode }, { caught?: unknown }> {
  override state: { caught?: unknown } = {};
  static getDerivedStateFromError = (caught: unknown): { caught: unknown } => ({ caught });
  override componentDidCatch(caught: unknown): void {
    reached.push(caught);
  }
  override render(): ReactNode {
    return "caught" in this.state ? "framework" : this.props.children;
  }
}
let reached: unknown[] = [];
beforeEach(() => void (reached = []));

describe("MetricsErrorBoundary", () => {
  test.each(CONTROL_FLOW)(
    "lets %s through two boundaries to the framework, and counts nothing",
    async (_title, create) => {
      const thrown = create();
      const Steering = (): ReactNode => {
        throw thrown;
      };
      const onError = vi.fn<() => void>();
      const { container } = render(
        <MetricsProvider pageViews="manual">
          <FrameworkBoundary>
            <MetricsErrorBoundary fallback="outer" onError={onError}>
              <MetricsErrorBoundary fallback="inner" onError={onError}>
                <Steering />
              </MetricsErrorBoundary>
            </MetricsErrorBoundary>
          </FrameworkBoundary>
        </MetricsProvider>,
      );
      expect(container.textContent).toBe("framework");
      expect(reached).toEqual([thrown]);
      expect(onError).not.toHaveBeenCalled();
      await page.settle();
      // React 18 shows `window.onerror` in development what a boundary catches.
      expect(page.events().filter((event) => event.type === "error" && event.source === "react")).toEqual([]);
    },
  );

  test("leaves a promise to Suspense", async () => {
    let finish = (): void => {};
    let waiting: Promise<void> | undefined = new Promise((resolve) => (finish = resolve));
    const Waiting = (): ReactNode => {
      if (waiting) throw waiting;
      return "done";
    };
    const { container } = render(
      <MetricsProvider pageViews="manual">
        <Suspense fallback="waiting">
          <MetricsErrorBoundary fallback="sorry">
            <Waiting />
          </MetricsErrorBoundary>
        </Suspense>
      </MetricsProvider>,
    );
    expect(container.textContent).toBe("waiting");
    await act(async () => {
      waiting = undefined;
      finish();
    });
    expect(container.textContent).toBe("done");
    await page.settle();
    expect(page.counts()["error"]).toBeUndefined();
  });
});

describe("rootErrorHandlers", () => {
  test.each(CONTROL_FLOW)("do not count %s that a framework caught", (_title, create) => {
    const trackError = vi.fn<() => void>();
    rootErrorHandlers({ trackError }).onCaughtError(create(), {});
    expect(trackError).not.toHaveBeenCalled();
  });
});
