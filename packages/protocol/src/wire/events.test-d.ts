import { describe, expectTypeOf, test } from "vitest";
import type {
  ActionEvent,
  ApiCallEvent,
  ClickEvent,
  ConversionEvent,
  ErrorEvent,
  FormEvent,
  FunnelStepEvent,
  HeartbeatEvent,
  PageLoadEvent,
  PageViewEvent,
  SessionStartEvent,
  VitalEvent,
} from "./batch.ts";
import type { Batch, BatchEnvelope } from "./envelope.ts";
import type { EventOf, EventType, PageEvent } from "./events.ts";
import type { IngestBatch, IngestItem } from "./ingest.ts";

interface Common {
  route?: string;
  count?: number;
}

/** The properties of a type, however it was put together. */
type Flat<T> = { [Key in keyof T]: T[Key] };

describe("the type of an event comes from the table", () => {
  test("with its common fields, all optional", () => {
    expectTypeOf<Flat<HeartbeatEvent>>().toEqualTypeOf<Flat<{ type: "heartbeat" } & Common>>();
    expectTypeOf<Flat<ClickEvent>>().toEqualTypeOf<
      Flat<{ type: "click" | "rage_click" | "dead_click" | "error_click"; name: string } & Common>
    >();
    expectTypeOf<FormEvent["type"]>().toEqualTypeOf<"form_start" | "form_submit" | "form_abandon">();
  });

  test("with closed sets as unions", () => {
    expectTypeOf<PageViewEvent["navigation"]>().toEqualTypeOf<
      "hard" | "soft" | "bfcache" | "prerender" | undefined
    >();
    expectTypeOf<PageViewEvent["experience"]>().toEqualTypeOf<
      "good" | "needs_improvement" | "poor" | undefined
    >();
    expectTypeOf<SessionStartEvent["device"]>().toEqualTypeOf<"desktop" | "mobile" | "tablet" | undefined>();
    expectTypeOf<ApiCallEvent["failure"]>().toEqualTypeOf<"network" | "timeout" | "abort" | undefined>();
    expectTypeOf<VitalEvent["part"]>().toEqualTypeOf<
      "text" | "image" | "input_delay" | "processing" | "presentation" | undefined
    >();
  });

  test("with required and optional fields kept apart", () => {
    expectTypeOf<{ type: "funnel_step"; name: string; step: number }>().toExtend<FunnelStepEvent>();
    expectTypeOf<{ type: "funnel_step"; name: string }>().not.toExtend<FunnelStepEvent>();
    expectTypeOf<{ type: "error"; name: string }>().not.toExtend<ErrorEvent>();
    expectTypeOf<{ type: "error"; name: string; source: "uncaught" }>().toExtend<ErrorEvent>();
    expectTypeOf<{ type: "error"; name: string; source: "elsewhere" }>().not.toExtend<ErrorEvent>();
    expectTypeOf<{ type: "page_load" }>().toExtend<PageLoadEvent>();
    expectTypeOf<{ type: "api_call"; name: string }>().not.toExtend<ApiCallEvent>();
  });

  test("with details that travel: no objects, no null", () => {
    expectTypeOf<ActionEvent["details"]>().toEqualTypeOf<
      Record<string, string | number | boolean> | undefined
    >();
    expectTypeOf<{ a: null }>().not.toExtend<NonNullable<ActionEvent["details"]>>();
    expectTypeOf<{ a: { b: 1 } }>().not.toExtend<NonNullable<ActionEvent["details"]>>();
  });

  test("with money that is judged later", () => {
    expectTypeOf<ConversionEvent["amount"]>().toEqualTypeOf<unknown>();
    expectTypeOf<ConversionEvent["currency"]>().toEqualTypeOf<unknown>();
  });

  test("and an event of any type is one of them", () => {
    expectTypeOf<PageEvent["type"]>().toEqualTypeOf<EventType>();
    expectTypeOf<EventOf<"click">>().toExtend<PageEvent>();
    expectTypeOf<{ type: "unknown" }>().not.toExtend<PageEvent>();
  });
});

describe("the type of a batch comes from its table", () => {
  test("with events that are read, where the envelope leaves them unread", () => {
    expectTypeOf<Batch["events"]>().toEqualTypeOf<PageEvent[]>();
    expectTypeOf<BatchEnvelope["events"]>().toEqualTypeOf<unknown[]>();
  });

  test("with five fields that must be there", () => {
    type Required = { [Key in keyof Batch]-?: undefined extends Batch[Key] ? never : Key }[keyof Batch];
    expectTypeOf<Required>().toEqualTypeOf<"v" | "id" | "session" | "sentAt" | "events">();
    expectTypeOf<Batch["v"]>().toEqualTypeOf<1>();
  });

  test("with losses by reason, each optional", () => {
    expectTypeOf<{ consent: number }>().toExtend<NonNullable<Batch["dropped"]>>();
    expectTypeOf<{ consent: "many" }>().not.toExtend<NonNullable<Batch["dropped"]>>();
  });
});

test("a request of a service has items with a name and a value", () => {
  expectTypeOf<{ name: "a"; value: 1 }>().toExtend<IngestItem>();
  expectTypeOf<{ name: "a" }>().not.toExtend<IngestItem>();
  expectTypeOf<{ items: IngestItem[] }>().toExtend<IngestBatch>();
  expectTypeOf<IngestItem[]>().not.toExtend<IngestBatch>();
});
