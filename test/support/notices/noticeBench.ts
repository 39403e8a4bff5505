import {
  type AlertChange,
  createNotices,
  type Delivery,
  type Notices,
  type NoticesParts,
  type Receiver,
  type SendOutcome,
} from "@rumkit/server/internal/testing";
import type { KeptDocuments, Sample } from "@rumkit/server";
import { type AlertStory, createAlertStory } from "./alertStory.ts";
import { createKeptTexts } from "./keptTexts.ts";
import { renderNotice, type RenderedNotice } from "./renderNotice.ts";

/** A Friday in winter, 12:00 in London. */
export const START = Date.UTC(2026, 10, 27, 12);

/** A delivered notice, as it was rendered. */
interface Received extends RenderedNotice {
  readonly attempt: number;
  readonly thread: string | undefined;
}

/** A service outside. `answer` decides about each attempt; what is delivered is in `received`. */
export interface Service {
  readonly receiver: Receiver;
  readonly received: Received[];
  readonly attempts: Delivery[];
  answer: (delivery: Delivery) => SendOutcome | Promise<SendOutcome>;
}

const DELIVERED: SendOutcome = { kind: "delivered" };

export function createService(name = "oncall", extra: Partial<Receiver> = {}): Service {
  const service: Service = {
    received: [],
    attempts: [],
    answer: () => DELIVERED,
    receiver: {
      name,
      type: "webhook",
      render: renderNotice,
      send: async (delivery) => {
        service.attempts.push(delivery);
        const outcome = await service.answer(delivery);
        const { attempt, thread } = delivery;
        if (outcome.kind === "delivered" && delivery.episode !== "refresh") {
          service.received.push({ ...(JSON.parse(delivery.body) as RenderedNotice), attempt, thread });
        }
        return outcome;
      },
      ...extra,
    },
  };
  return service;
}

/** Notices with a clock that the test moves. */
export interface NoticeBench {
  notices: Notices;
  readonly story: AlertStory;
  now: number;
  readonly samples: Sample[];
  readonly audit: { readonly what: string; readonly about: string; readonly who: string }[];
  readonly failures: unknown[];
  fire(name: string, labels?: Readonly<Record<string, string>>): AlertChange;
  resolve(name: string, labels?: Readonly<Record<string, string>>): AlertChange;
  /** One evaluation with these changes, and everything that is sent because of it. */
  take(...changes: readonly AlertChange[]): Promise<void>;
  /** Moves the clock in steps, with an evaluation after each. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Ends as after SIGKILL, and begins again with the same documents. */
  restart(parts?: Partial<NoticesParts>): void;
  received(service?: Service): readonly string[];
}

export interface BenchOptions extends Partial<Pick<NoticesParts, "options" | "heartbeat">> {
  readonly services?: readonly Service[];
  readonly documents?: KeptDocuments;
}

export function createNoticeBench({
  options = {},
  services = [createService()],
  documents = createKeptTexts().documents,
  heartbeat,
}: BenchOptions = {}): NoticeBench {
  const story = createAlertStory();
  const [first] = services;
  const create = (parts: Partial<NoticesParts> = {}): Notices =>
    createNotices({
      options,
      receivers: services.map(({ receiver }) => receiver),
      documents,
      now: () => bench.now,
      random: () => 0.5,
      audit: { add: (entry) => void bench.audit.push(entry) },
      record: (sample) => void bench.samples.push(sample),
      onFailed: (error) => void bench.failures.push(error),
      heartbeat,
      ...parts,
    });
  const bench: NoticeBench = {
    story,
    now: START,
    samples: [],
    audit: [],
    failures: [],
    notices: undefined as unknown as Notices,
    fire: (name, labels) => story.fire(bench.now, name, labels),
    resolve: (name, labels) => story.resolve(bench.now, name, labels),
    take: async (...changes) => {
      await bench.notices.take(changes, story.current(), bench.now);
      await settled();
    },
    pass: async (ms, stepMs = 1_000) => {
      for (const end = bench.now + ms; bench.now < end;) {
        bench.now = Math.min(bench.now + stepMs, end);
        await bench.take();
      }
    },
    restart: (parts) => {
      bench.notices = create(parts);
    },
    received: (service = first!) =>
      service.received.map(({ reason, alerts }) => `${reason}: ${alerts.join(", ")}`),
  };
  bench.notices = create();
  return bench;
}

/** Everything that goes on without a disk and without a network has ended after a turn of the event loop. */
async function settled(): Promise<void> {
  await new Promise((resolve) => void setImmediate(resolve));
}
