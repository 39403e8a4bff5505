import type { PageEvent } from "@rumkit/protocol";
import { afterEach, beforeEach, vi } from "vitest";
import { type Network, recordNetwork } from "../../../test/support/pageNetwork.ts";
import { createMetricsWith } from "../src/client/createMetricsWith.ts";
import type { ClientOptions, Metrics } from "../src/contract/metrics.ts";
import type { Source, SourceContext } from "../src/contract/source.ts";

/** A client of the running test, with the page as its sources see it. */
interface StartedSources {
  readonly metrics: Metrics;
  readonly page: SourceContext;
}

/** The pages of one test, and what they sent. */
export interface RecordedSources {
  readonly network: Network;
  /** Starts a client with these sources. It is stopped after the test. */
  start(sources: readonly Source[], options?: ClientOptions): StartedSources;
  /** Lets the clients send what waits, and returns the events of the types. */
  events(...types: PageEvent["type"][]): Promise<PageEvent[]>;
}

/** Gives each test of a file a page without storage, at `/`, with fake timers and a recorded network. */
export function recordSources(): RecordedSources {
  let network: Network;
  let clients: Metrics[];

  beforeEach(() => {
    vi.useFakeTimers();
    network = recordNetwork();
    clients = [];
    sessionStorage.clear();
    localStorage.clear();
    document.body.innerHTML = "";
    history.replaceState(null, "", "/");
  });
  afterEach(() => {
    for (const client of clients) client.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  return {
    get network() {
      return network;
    },
    start(sources, options) {
      let page: SourceContext | undefined;
      const metrics = createMetricsWith([(context) => void (page = context), ...sources], options);
      clients.push(metrics);
      return { metrics, page: page! };
    },
    async events(...types) {
      await vi.advanceTimersByTimeAsync(6_000);
      return network.events().filter(({ type }) => types.includes(type));
    },
  };
}

/** Hides or shows the page, as its browser does. */
export function setHidden(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  Reflect.deleteProperty(document, "hidden");
}

/**
 * A click as a user makes it, at a place and a time in milliseconds: of one by script, the browser says so, and happy-dom
 * has neither places nor times that a test can choose.
 */
export function userClick(target: Element, { place = 5, at = performance.now() } = {}): void {
  const event = new MouseEvent("click", { bubbles: true, cancelable: true, composed: true, detail: 1 });
  for (const [key, value] of Object.entries({ isTrusted: true, x: place, y: place, timeStamp: at }))
    Object.defineProperty(event, key, { value });
  target.dispatchEvent(event);
}
