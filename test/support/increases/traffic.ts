import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

/** The expected counts, by series. */
export type Expected = Record<string, number>;

/** Milliseconds until a batch that was refused, or not answered, is sent again. */
const RETRY_MS = 100;

/** Any other User-Agent may be a crawler, whose events count nowhere. */
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/**
 * Statuses that a response with a body may have, each a series: one that is new, as long as there are some.
 * Not 421, after which fetch asks once more (fetch.spec.whatwg.org, "HTTP-network-or-cache fetch").
 */
const STATUSES = [
  201, 202, 203, 206, 207, 208, 300, 400, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415,
  416, 417, 418, 422, 423, 424, 425, 426, 428, 429, 431, 451,
];

/** Sends what a shop sends, and writes down what each Prometheus has to see. */
export class Traffic {
  readonly expected: Expected = {};
  readonly #origin: string;
  #statuses = 0;
  #elements = 0;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Requests whose answer is new: more than one at once, as a series is born with them. */
  async newStatus(count = 3): Promise<void> {
    await this.requests(STATUSES[this.#statuses++ % STATUSES.length]!, count);
  }

  async requests(status: number, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await fetch(`${this.#origin}/status/${status}`);
    this.#add(`http_requests_total{method="GET",route="/status/:code",status="${status}"}`, count);
  }

  /** An order that the server counts, once, however often it is sent. */
  async order(): Promise<void> {
    await this.#send(`/buy/${randomBytes(8).toString("hex")}`, "");
    this.#add('conversions_total{conversion="purchase"}', 1);
    this.#add('revenue_total{conversion="purchase",currency="EUR"}', 1.01);
  }

  /** A batch of a page: views, an action, and clicks on an element; a new one by default. */
  async batch(
    route: string,
    key: string,
    element = `element_${this.#elements++}`,
    clicks = 4,
  ): Promise<void> {
    const events = [
      { type: "page_view", route, count: 2 },
      { type: "action", route, name: "press", details: { key }, count: 3 },
      ...(clicks > 0 ? [{ type: "click", route, name: element, count: clicks }] : []),
    ];
    const id = (): string => randomBytes(16).toString("hex");
    const batch = { v: 1, id: id(), session: id(), sentAt: Date.now(), events };
    await this.#send("/collect", JSON.stringify(batch));
    this.#add(`rum_page_views_total{route="${route}"}`, 2);
    this.#add(`rum_actions_total{action="press",key="${key}"}`, 3);
    if (clicks > 0) this.#add(`rum_clicks_total{element="${element}"}`, clicks);
  }

  /** Until it is acknowledged: while the collector restarts there is no answer. */
  async #send(path: string, body: string): Promise<void> {
    for (;;) {
      const answer = await fetch(this.#origin + path, {
        method: "POST",
        body,
        headers: { origin: this.#origin, "content-type": "application/json", "user-agent": BROWSER },
      }).catch(() => undefined);
      await answer?.text();
      if (answer?.ok) return;
      if (answer && answer.status !== 503) throw new Error(`${path}: ${answer.status}`);
      await wait(RETRY_MS);
    }
  }

  #add(series: string, value: number): void {
    this.expected[series] = Math.round(((this.expected[series] ?? 0) + value) * 100) / 100;
  }
}
