import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { type Network, recordNetwork } from "../../../test/support/pageNetwork.ts";

/** Requests and events sent by the page of the running test. */
export interface RecordedPage extends Pick<Network, "batches" | "events" | "counts" | "urls"> {
  /** Lets the client send what waits. */
  settle(): Promise<void>;
  /** The routes of the page views, in order. */
  views(): (string | undefined)[];
}

/** Gives each test of a file a separate page, with fake timers, a new session and a recorded network. */
export function recordPage(): RecordedPage {
  let network: Network;

  beforeEach(() => {
    vi.useFakeTimers();
    network = recordNetwork();
    sessionStorage.clear();
    history.replaceState(null, "", "/shop");
  });

  afterEach(async () => {
    cleanup();
    await vi.runAllTimersAsync();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  return {
    get batches() {
      return network.batches;
    },
    get urls() {
      return network.urls;
    },
    events: () => network.events(),
    counts: () => network.counts(),
    settle: async () => void (await vi.advanceTimersByTimeAsync(6_000)),
    views() {
      let route: string | undefined;
      return network.events().flatMap((event) => {
        // An event without a route has that of the one before it.
        route = event.route ?? route;
        return event.type === "page_view" ? Array<typeof route>(event.count ?? 1).fill(route) : [];
      });
    },
  };
}
