import { act, render, screen } from "@testing-library/react";
import { Component, type ReactNode, StrictMode } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";
import { useErrorReport } from "./errorReport.ts";

const page = recordPage();

// React logs every error that a boundary catches.
beforeEach(() => vi.mocked(console.error).mockName("expected"));
afterEach(() => {
  vi.mocked(console.error).mockClear();
  vi.unstubAllEnvs();
});

async function errors() {
  await page.settle();
  return page.events().filter((event) => event.type === "error");
}

/** `error.tsx` of an app. */
function ErrorPage({ error, reset }: { error: unknown; reset: () => void }): ReactNode {
  useErrorReport(error);
  return <button onClick={reset}>Try again</button>;
}

/** A page that gives up: what it throws reaches the boundary around. */
function Rethrow({ error }: { error: unknown }): ReactNode {
  useErrorReport(error);
  throw error;
}

interface BoundaryProps {
  children: ReactNode;
  fallback?: typeof ErrorPage | typeof Rethrow;
}

/** The boundary of a framework, which passes errors only to its page. */
class Boundary extends Component<BoundaryProps, { thrown: { error: unknown } | undefined }> {
  override state: { thrown: { error: unknown } | undefined } = { thrown: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { thrown: { error } };
  }
  override render(): ReactNode {
    const Fallback = this.props.fallback ?? ErrorPage;
    const { thrown } = this.state;
    if (!thrown) return this.props.children;
    return <Fallback error={thrown.error} reset={() => this.setState({ thrown: undefined })} />;
  }
}

let thrown: unknown;
function Fragile(): ReactNode {
  throw thrown;
}

const withDigest = (digest: string): Error => Object.assign(new Error("An error occurred."), { digest });

const inProvider = (children: ReactNode): ReactNode => (
  <StrictMode>
    <MetricsProvider pageViews="manual">{children}</MetricsProvider>
  </StrictMode>
);

describe("an error page", () => {
  test.each([
    ["an error", new TypeError("broken"), { name: "TypeError", message: "broken" }],
    ["a text", "broken", { name: "Error", message: "broken" }],
    ["a number", 0, { name: "Error", message: "0" }],
    ["an object", { name: "Odd", message: "broken" }, { name: "Odd", message: "broken" }],
    ["a frozen object", Object.freeze({ message: "frozen" }), { message: "frozen" }],
  ])("counts %s once, in StrictMode too", async (_what, error, event) => {
    thrown = error;
    render(
      inProvider(
        <Boundary>
          <Fragile />
        </Boundary>,
      ),
    );
    expect(await errors()).toEqual([expect.objectContaining({ ...event, source: "react" })]);
  });

  test("counts an error once that it throws again to the page of an outer boundary", async () => {
    thrown = new TypeError("broken");
    render(
      inProvider(
        <Boundary>
          <Boundary fallback={Rethrow}>
            <Fragile />
          </Boundary>
        </Boundary>,
      ),
    );
    expect(await errors()).toHaveLength(1);
  });

  test("counts an error once that the window has seen too", async () => {
    thrown = new TypeError("broken");
    render(
      inProvider(
        <Boundary>
          <Fragile />
        </Boundary>,
      ),
    );
    window.dispatchEvent(new ErrorEvent("error", { error: thrown }));
    expect(await errors()).toHaveLength(1);
  });

  test("counts a server error once for all objects with its digest, and sends the digest", async () => {
    const app = (error: unknown): ReactNode => inProvider(<ErrorPage error={error} reset={() => {}} />);
    const { rerender } = render(app(withDigest("2338742183")));
    rerender(app(withDigest("2338742183")));
    rerender(app(withDigest("77")));
    const stacks = (await errors()).map(({ stack }) => stack?.split("\n").at(-1));
    expect(stacks).toEqual(["    at digest_2338742183 (server:1:1)", "    at digest_77 (server:1:1)"]);
  });

  test("counts an error after a retry", async () => {
    thrown = new TypeError("first");
    render(
      inProvider(
        <Boundary>
          <Fragile />
        </Boundary>,
      ),
    );
    thrown = new TypeError("second");
    act(() => screen.getByRole("button").click());
    expect((await errors()).map(({ message }) => message)).toEqual(["first", "second"]);
  });

  test("counts neither responses nor missing pages", async () => {
    const notFound = withDigest("NEXT_HTTP_ERROR_FALLBACK;404");
    render(
      inProvider([
        <ErrorPage key="a" error={new Response("", { status: 404 })} reset={() => {}} />,
        <ErrorPage key="b" error={notFound} reset={() => {}} />,
      ]),
    );
    expect(await errors()).toEqual([]);
  });

  test("counts nothing without an error", async () => {
    render(
      inProvider([
        <ErrorPage key="a" error={undefined} reset={() => {}} />,
        <ErrorPage key="b" error={null} reset={() => {}} />,
      ]),
    );
    expect(await errors()).toEqual([]);
  });
});

describe("a page that replaces the provider", () => {
  function GlobalError({ error }: { error: unknown }): ReactNode {
    useErrorReport(error, { release: "1.4.2" });
    return "Sorry.";
  }

  test("sends and prints nothing in tests", async () => {
    render(<GlobalError error={new TypeError("broken")} />);
    await page.settle();
    expect(page.batches).toEqual([]);
  });

  test("counts its error with a client that sends nothing else, once", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const error = new TypeError("broken");
    render(
      <StrictMode>
        <GlobalError error={error} />
        <GlobalError error={error} />
      </StrictMode>,
    );
    await page.settle();
    expect(page.events().filter(({ type }) => type !== "session_start")).toEqual([
      expect.objectContaining({ type: "error", source: "react", message: "broken" }),
    ]);
    expect(page.batches).toEqual([expect.objectContaining({ release: "1.4.2" })]);
  });
});
