/** Types of messages and answers, as clients in TypeScript use them: one field distinguishes the kinds. */
import { describe, expectTypeOf, test } from "vitest";
import type { ErrorAnswer, CollectAnswer, IngestAnswer, RejectedEvent, RejectedItem } from "./answers.ts";
import type { LiveDelta, LiveEvent, LiveFilteredSnapshot, LiveFrame, LiveSnapshot } from "./live.ts";
import type { LiveHistory } from "./liveHistory.ts";
import type {
  STREAM_METRIC_TYPES,
  StreamClientMessage,
  StreamData,
  StreamFilters,
  StreamMetricType,
  StreamServerMessage,
} from "./stream.ts";

describe("a message of the collector", () => {
  type Of<Type> = Extract<StreamServerMessage, { type: Type }>;

  test("is distinguished by its type, and has an id and a time", () => {
    expectTypeOf<StreamServerMessage["type"]>().toEqualTypeOf<
      "historical_data" | "metrics_update" | "subscribed" | "unsubscribed" | "pong" | "error"
    >();
    expectTypeOf<Pick<StreamServerMessage, "id" | "timestamp">>().toEqualTypeOf<{
      id: string;
      timestamp: number;
    }>();
  });

  test("narrows to its own fields", () => {
    expectTypeOf<Of<"error">>().toHaveProperty("message").toEqualTypeOf<string>();
    expectTypeOf<Of<"pong">>().not.toHaveProperty("data");
    expectTypeOf<Of<"metrics_update">>().toHaveProperty("data").toEqualTypeOf<StreamData>();
    expectTypeOf<Of<"metrics_update">["skipped"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<Of<"historical_data">["history"][number]["timestamp"]>().toEqualTypeOf<number>();
    expectTypeOf<Of<"subscribed">["filters"]>().toEqualTypeOf<Of<"unsubscribed">["filters"]>();
  });

  test("has a group for each type of metric, and none that cannot be asked for", () => {
    expectTypeOf<keyof StreamData>().toEqualTypeOf<StreamMetricType>();
    expectTypeOf<StreamMetricType>().toEqualTypeOf<(typeof STREAM_METRIC_TYPES)[number]>();
  });

  test("has null, not 0, where nothing was counted", () => {
    expectTypeOf<NonNullable<StreamData["cache"]>["hit_rate"]>().toEqualTypeOf<number | null>();
    expectTypeOf<NonNullable<StreamData["queue"]>["queue_depth"]>().toEqualTypeOf<number | null>();
    expectTypeOf<NonNullable<StreamData["streaming"]>["ttft"]>().extract<null>().toEqualTypeOf<null>();
  });

  test("has money that a double cannot hold as a text", () => {
    expectTypeOf<NonNullable<StreamData["business"]>["revenue"][string]["total_minor_units"]>().toEqualTypeOf<
      number | string
    >();
  });
});

describe("a message of a client", () => {
  test("may leave every filter out", () => {
    expectTypeOf<{ type: "subscribe" }>().toExtend<StreamClientMessage>();
    expectTypeOf<{ type: "subscribe"; filters: Record<string, never> }>().toExtend<StreamClientMessage>();
    expectTypeOf<{ type: "subscribe"; filters: null; last_id: null }>().toExtend<StreamClientMessage>();
    expectTypeOf<{ type: "unsubscribe"; filters: null }>().toExtend<StreamClientMessage>();
  });

  test("has one value or several", () => {
    expectTypeOf<{ endpoint: "/a"; metric_type: "latency" }>().toExtend<StreamFilters>();
    expectTypeOf<{ endpoint: ["/a", "/b"]; metric_type: ["latency", "all"] }>().toExtend<StreamFilters>();
    expectTypeOf<{ labels: { region: ["eu", "us"] }; exclude: { model: "a" } }>().toExtend<StreamFilters>();
  });

  test("has no type and no metric that the collector does not know", () => {
    expectTypeOf<{ type: "subscribed" }>().not.toExtend<StreamClientMessage>();
    expectTypeOf<{ metric_type: "memory" }>().not.toExtend<StreamFilters>();
    expectTypeOf<{ interval: "1" }>().not.toExtend<StreamFilters>();
  });
});

describe("a frame of the live page", () => {
  test("is a snapshot or a delta", () => {
    expectTypeOf<LiveFrame["kind"]>().toEqualTypeOf<"snapshot" | "delta">();
    expectTypeOf<Extract<LiveFrame, { kind: "delta" }>>().toEqualTypeOf<LiveDelta>();
    expectTypeOf<LiveSnapshot["figures"]>().toBeArray();
    expectTypeOf<LiveDelta>().not.toHaveProperty("figures");
  });

  test("has the whole board at first, then only its changed parts", () => {
    expectTypeOf<NonNullable<LiveDelta["board"]>>().toEqualTypeOf<Partial<LiveSnapshot["board"]>>();
    expectTypeOf<LiveFilteredSnapshot["board"]>().toEqualTypeOf<LiveSnapshot["board"] | undefined>();
  });

  test("has null for a second without a value", () => {
    expectTypeOf<LiveFrame["numbers"]>().toEqualTypeOf<(number | null)[]>();
    expectTypeOf<LiveFrame["points"][number]["values"]>().toEqualTypeOf<(number | null)[]>();
    expectTypeOf<LiveHistory["figures"][number]["values"]>().toEqualTypeOf<(number | null)[]>();
  });

  test("says of each event who has reported it", () => {
    expectTypeOf<LiveEvent["source"]>().toEqualTypeOf<"page" | "server">();
    expectTypeOf<LiveEvent["money"]>().toEqualTypeOf<{ amount: number; currency: string } | undefined>();
  });
});

describe("an answer", () => {
  test("to a batch says what was not counted, and why", () => {
    expectTypeOf<CollectAnswer["rejected"]>().toEqualTypeOf<RejectedEvent[] | undefined>();
    expectTypeOf<"unknown_name">().toExtend<RejectedEvent["code"]>();
    expectTypeOf<"bad_batch">().not.toExtend<RejectedEvent["code"]>();
  });

  test("to a service always lists what was rejected, with a message", () => {
    expectTypeOf<IngestAnswer["rejected"]>().toEqualTypeOf<RejectedItem[]>();
    expectTypeOf<RejectedItem["message"]>().toEqualTypeOf<string>();
    expectTypeOf<RejectedEvent["message"]>().toEqualTypeOf<string | undefined>();
  });

  test("that refuses has a code of one of the routes", () => {
    type Code = ErrorAnswer["error"]["code"];
    for (const code of ["bad_batch", "too_many_items", "bad_reports", "rate_limited", "draining"] as const)
      expectTypeOf(code).toExtend<Code>();
    expectTypeOf<"unknown_label_value">().not.toExtend<Code>();
  });
});
