/**
 * Tells when all that a page has sent is counted, so that one look at the counters is enough: also at those that
 * must not have moved, where looking again and again shows nothing.
 *
 * A watched page notes the id of each batch that it hands to the browser. When it leaves, after the client has sent
 * its last batch, it tells the page server these ids. A visit is over once the server has answered each of them.
 */
import type { Batch } from "@rumkit/protocol";
import type { BrowserContext, Page } from "playwright-core";
import { vi } from "vitest";
import { FINAL_ANSWER } from "../../packages/browser/src/delivery/finalAnswer.ts";

/** A busy machine may take long, and a test that fails says what did not come. */
const WAIT = { interval: 10, timeout: 100_000 };

/** The path of the page server that takes what a document tells when it leaves. */
export const LEFT_PATH = "/left";

/** The number of times a document has left, and the ids of all batches that it handed to the browser until then. */
interface Departure {
  readonly document: string;
  readonly times: number;
  readonly ids: readonly string[];
}

/** The number of times each document of a page was shown: more than once only if it came from the back-forward cache. */
type Shown = Map<string, number>;

const shown = new WeakMap<Page, Shown>();
const departures = new Map<string, Departure>();
const answered = new Set<string>();

/** Notes what a document tells when it leaves. */
export function noteDeparture(text: string): void {
  const departure = JSON.parse(text) as Departure;
  if (departure.times > (departures.get(departure.document)?.times ?? 0))
    departures.set(departure.document, departure);
}

/** Notes a batch that came and what the collector said, if it is an answer that a page takes for one. */
export function noteAnswer(body: string, { status, headers }: Response): void {
  if (!FINAL_ANSWER.test(`${status}${headers.get("content-type")}`)) return;
  const id = /"id":"([^"]+)"/.exec(body)?.[1];
  if (id !== undefined) answered.add(id);
}

/** Watches the pages of a context that has none yet. */
export async function watch(context: BrowserContext): Promise<BrowserContext> {
  await context.exposeBinding("documentShown", ({ page }, document: string) => {
    const documents = shown.get(page) ?? (new Map() as Shown);
    shown.set(page, documents.set(document, (documents.get(document) ?? 0) + 1));
  });
  await context.addInitScript(watchDocument, { leftPath: LEFT_PATH, final: FINAL_ANSWER.source });
  return context;
}

/**
 * Waits until the document of a page has heard the collector's answer to all that it has handed to the browser so far:
 * it has nothing to send again.
 */
export async function settled(page: Page): Promise<void> {
  await vi.waitFor(async () => {
    const open = await page.evaluate<string[]>("unheardBatches()");
    if (open.length > 0) throw new Error(`Not answered: batch ${open.join(", ")}`);
  }, WAIT);
}

/** Waits until the client of a page has started what waits for the first paint: then it has stored its session. */
export async function started(page: { evaluate(script: string): Promise<unknown> }): Promise<void> {
  await vi.waitFor(async () => {
    if (!(await page.evaluate("sessionStorage.length")))
      throw new Error("The page's client has not started.");
  }, WAIT);
}

/**
 * Closes a page, and waits until all that it has sent is counted: of each document that it showed. Its pages come from
 * `startPageServer`, and so does the collector.
 */
export async function leave(page: Page): Promise<void> {
  await close(page);
  await untilNone(page, missing);
}

/** Closes a page, and waits until the browser has begun to send all that it has to. For a collector elsewhere. */
export async function close(page: Page): Promise<void> {
  // All that was shown before is known when this has an answer.
  await page.evaluate("0");
  // When a tab is closed, Chromium gives the page half a second for its last events, which may be too short on a busy machine.
  await page.goto("about:blank");
  await page.close();
  await untilNone(page, (document, times) =>
    (departures.get(document)?.times ?? 0) < times ? [`the end of document ${document}`] : [],
  );
}

function missing(document: string): string[] {
  return (departures.get(document)?.ids ?? []).filter((id) => !answered.has(id)).map((id) => `batch ${id}`);
}

async function untilNone(page: Page, list: (document: string, times: number) => string[]): Promise<void> {
  await vi.waitFor(() => {
    const open = [...(shown.get(page) ?? [])].flatMap(([document, times]) => list(document, times));
    if (open.length > 0) throw new Error(`Not arrived: ${open.join(", ")}`);
  }, WAIT);
}

/**
 * Waits for a batch that has such an event, and for all that its session sent before it: a session numbers its batches.
 * Returns these, in order.
 */
export async function arrived(
  server: { readonly batches: readonly Batch[] },
  isLast: (batch: Batch) => boolean,
): Promise<Batch[]> {
  return vi.waitFor(() => {
    const last = server.batches.find(isLast);
    if (!last) throw new Error("Not arrived: the last batch");
    // One that is sent again has the same number.
    const all = new Map(
      server.batches
        .filter(({ session }) => session === last.session)
        .map((batch) => [batch.seq ?? 0, batch]),
    );
    return Array.from({ length: (last.seq ?? 0) + 1 }, (_none, seq) => {
      const batch = all.get(seq);
      if (!batch) throw new Error(`Not arrived: batch ${seq} of ${last.session}`);
      return batch;
    });
  }, WAIT);
}

/** Runs in each document, before its own scripts. */
function watchDocument({ leftPath, final }: { leftPath: string; final: string }): void {
  // What shows nothing of the server counts nothing: an empty document.
  if (!location.protocol.startsWith("http")) return;

  const scope = globalThis as unknown as {
    fetch: typeof fetch;
    fetchLater?: (url: string, init?: RequestInit) => { activated: boolean };
    documentShown: (document: string) => void;
    unheardBatches: () => string[];
    holdsBatch: () => boolean;
  };
  const { parse, stringify } = JSON;
  const sendBeacon = navigator.sendBeacon.bind(navigator);
  // A test may put another value before it.
  const isHidden = Object.getOwnPropertyDescriptor(Document.prototype, "hidden")!.get!;
  const document = Math.random().toString(36).slice(2);
  const handed = new Set<string>();
  /** Those that the collector has not answered yet. */
  const unheard = new Set<string>();
  const isFinal = new RegExp(final);
  /** The request that the browser sends when the document is gone, unless it was taken back. */
  const held: { id: string; request: { activated: boolean }; signal: AbortSignal }[] = [];
  let times = 0;
  let isLeaving = false;

  function idOf(init?: RequestInit): string | undefined {
    try {
      return init?.method === "POST" ? (parse(init.body as string) as { id?: string }).id : undefined;
    } catch {
      return undefined;
    }
  }

  scope.unheardBatches = () => [...unheard];
  scope.holdsBatch = () => held.some(({ request, signal }) => !request.activated && !signal.aborted);

  // A proxy is as native as what it stands for, where a page looks.
  scope.fetch = new Proxy(scope.fetch, {
    apply(target, self, given: Parameters<typeof fetch>) {
      const [, init] = given;
      const id = idOf(init);
      const answer = Reflect.apply(target, self, given);
      if (id !== undefined) {
        unheard.add(id);
        // Others end with the document, and stay in storage.
        if (init?.keepalive) handed.add(id);
        answer.then(
          ({ status, headers }) => {
            if (isFinal.test(`${status}${headers.get("content-type")}`)) unheard.delete(id);
          },
          () => {},
        );
      }
      return answer;
    },
  });
  if (scope.fetchLater) {
    scope.fetchLater = new Proxy(scope.fetchLater, {
      apply(target, self, given: [string, RequestInit]) {
        const request = Reflect.apply(target, self, given);
        const id = idOf(given[1]);
        if (id !== undefined) held.push({ id, request, signal: given[1].signal! });
        return request;
      },
    });
  }

  function tell(): void {
    isLeaving = false;
    times += 1;
    const last = held.filter(({ request, signal }) => request.activated || !signal.aborted);
    const ids = [...new Set([...handed, ...last.map(({ id }) => id)])];
    sendBeacon(new URL(leftPath, location.href).href, stringify({ document, times, ids }));
  }

  // In the bubbling phase, so after the client's. A page that is seen is hidden as its last event; one that is
  // hidden already only leaves.
  addEventListener("pagehide", () => {
    isLeaving = true;
    if (isHidden.call(globalThis.document)) tell();
  });
  addEventListener("visibilitychange", () => {
    if (isLeaving) tell();
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) scope.documentShown(document);
  });
  scope.documentShown(document);
}
