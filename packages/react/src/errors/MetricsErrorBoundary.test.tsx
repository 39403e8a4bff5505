import { act, render } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordPage } from "../../test/recordPage.ts";
import { MetricsErrorBoundary, type MetricsErrorBoundaryProps } from "./MetricsErrorBoundary.tsx";
import { MetricsProvider } from "../provider/MetricsProvider.tsx";

const page = recordPage();

// React logs every error that a boundary catches.
beforeEach(() => vi.mocked(console.error).mockName("expected"));
afterEach(() => void vi.mocked(console.error).mockClear());

let failure: unknown;

function Fragile(): ReactNode {
  if (failure) throw failure;
  return "fine";
}

const show = (props: MetricsErrorBoundaryProps = {}): ReactNode => (
  <MetricsProvider pageViews="manual">
    <MetricsErrorBoundary {...props}>
      <Fragile />
    </MetricsErrorBoundary>
  </MetricsProvider>
);

beforeEach(() => {
  failure = new TypeError("broken");
});

async function errors() {
  await page.settle();
  return page.events().filter((event) => event.type === "error");
}

describe("MetricsErrorBoundary", () => {
  test("counts an error once, with both stacks", async () => {
    render(show());
    const [error, ...others] = await errors();
    expect(others).toEqual([]);
    expect(error).toMatchObject({ source: "react", name: "TypeError", message: "broken" });
    const stack = error!.stack!;
    // First where it was created, then the components around.
    expect(stack.indexOf("MetricsErrorBoundary.test.tsx")).toBeGreaterThan(-1);
    expect(stack).toContain("at MetricsErrorBoundary");
    expect(stack.indexOf("TypeError: broken")).toBeLessThan(stack.indexOf("at MetricsErrorBoundary"));
  });

  test("keeps the component stack of an error with a long stack", async () => {
    const error = new TypeError("broken");
    error.stack = [
      "TypeError: broken",
      ...Array(100).fill("    at deep (https://shop.example/app.js:1:2)"),
    ].join("\n");
    failure = error;
    render(show());
    const [event] = await errors();
    expect(event!.stack).toContain("at deep");
    expect(event!.stack).toContain("at MetricsErrorBoundary");
  });

  test("does not count an error again that `window.onerror` sees too", async () => {
    const { container } = render(
      show({ onError: (error) => void dispatchEvent(new ErrorEvent("error", { error, message: "broken" })) }),
    );
    expect(container.textContent).toBe("");
    expect(await errors()).toHaveLength(1);
  });

  test("renders a fallback, given as a node or as a function of the error", () => {
    expect(render(show({ fallback: "sorry" })).container.textContent).toBe("sorry");
    const fallback = ({ error }: { error: unknown }) => String(error);
    expect(render(show({ fallback })).container.textContent).toBe("TypeError: broken");
  });

  test("passes the error and the component stack to onError", () => {
    const onError = vi.fn<NonNullable<MetricsErrorBoundaryProps["onError"]>>();
    render(show({ onError }));
    expect(onError.mock.calls).toEqual([
      [failure, expect.objectContaining({ componentStack: expect.stringContaining("at Fragile") as string })],
    ]);
  });

  test("renders its children again after a reset", () => {
    let retry = (): void => {};
    const { container } = render(
      show({
        fallback: ({ reset }) => {
          retry = reset;
          return "sorry";
        },
      }),
    );
    failure = undefined;
    act(() => retry());
    expect(container.textContent).toBe("fine");
  });

  test("renders its children again only when a reset key changes", () => {
    const { container, rerender } = render(show({ fallback: "sorry", resetKeys: ["/a"] }));
    failure = undefined;
    rerender(show({ fallback: "still sorry", resetKeys: ["/a"] }));
    expect(container.textContent).toBe("still sorry");
    rerender(show({ fallback: "sorry", resetKeys: ["/b"] }));
    expect(container.textContent).toBe("fine");
  });

  test("does not render again for a key that changed with the error", () => {
    const thrown = failure;
    failure = undefined;
    const onError = vi.fn<() => void>();
    const { container, rerender } = render(show({ fallback: "sorry", resetKeys: ["/a"], onError }));
    failure = thrown;
    rerender(show({ fallback: "sorry", resetKeys: ["/b"], onError }));
    expect(container.textContent).toBe("sorry");
    expect(onError).toHaveBeenCalledOnce();
  });

  test.each([["text"], [0], [null]])("catches %j, which is not an Error", async (value) => {
    failure = { toString: () => "" };
    const Throwing = (): ReactNode => {
      throw value;
    };
    const { container } = render(
      <MetricsProvider pageViews="manual">
        <MetricsErrorBoundary fallback={({ error }) => JSON.stringify(error)}>
          <Throwing />
        </MetricsErrorBoundary>
      </MetricsProvider>,
    );
    expect(container.textContent).toBe(JSON.stringify(value));
    expect((await errors()).length).toBeGreaterThan(0);
  });

  test("renders its children again when the number of reset keys changes", () => {
    const { container, rerender } = render(show({ fallback: "sorry", resetKeys: ["/a", 1] }));
    failure = undefined;
    rerender(show({ fallback: "sorry", resetKeys: ["/a"] }));
    expect(container.textContent).toBe("fine");
    failure = new TypeError("broken again");
    rerender(show({ fallback: "sorry", resetKeys: ["/a"] }));
    expect(container.textContent).toBe("sorry");
    failure = undefined;
    rerender(show({ fallback: "sorry" }));
    expect(container.textContent).toBe("fine");
  });

  test("nested boundaries count an error once, even if the inner fallback throws it again", async () => {
    for (const thrown of [failure, "text"]) {
      failure = thrown;
      const again = ({ error }: { error: unknown }): ReactNode => {
        throw error;
      };
      const { container, unmount } = render(
        <MetricsProvider pageViews="manual">
          <MetricsErrorBoundary fallback="outer">
            <MetricsErrorBoundary fallback={again}>
              <Fragile />
            </MetricsErrorBoundary>
          </MetricsErrorBoundary>
        </MetricsProvider>,
      );
      expect(container.textContent).toBe("outer");
      await page.settle();
      unmount();
    }
    expect((await errors()).filter(({ source }) => source === "react").map(({ message }) => message)).toEqual(
      ["broken", "text"],
    );
  });

  test("without a provider still renders its fallback", () => {
    const { container } = render(
      <MetricsErrorBoundary fallback="sorry">
        <Fragile />
      </MetricsErrorBoundary>,
    );
    expect(container.textContent).toBe("sorry");
  });
});
