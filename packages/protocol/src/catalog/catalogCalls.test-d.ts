import { describe, expectTypeOf, test } from "vitest";
import { type Catalog, defineCatalog } from "./catalog.ts";
import type {
  ActionEntry,
  ActionName,
  ConversionArguments,
  ConversionEntry,
  DetailsArguments,
  FeatureName,
  JobName,
  MeasurementEntry,
  MeasurementName,
  RefundDetails,
  RefusedOnPage,
  RefusedOnServer,
  ServerActionName,
  ServerConversionArguments,
  ServerConversionName,
  ServerMeasurementName,
} from "./catalogCalls.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: {
    search: { help: "Searched.", labels: { scope: ["all", "books"], kind: ["text", "voice"] } },
    imported: { help: "Imported.", from: "server" },
    shown: { help: "Shown.", from: "page" },
  },
  conversions: {
    wish: { help: "Wished.", labels: { plan: ["free"] }, value: { money: ["USD", "JPY"] } },
    signup: { help: "Signed up.", labels: { plan: ["free", "pro"] } },
    order: { help: "Ordered.", from: "server", value: { money: ["USD", "KWD"] }, experience: true },
    renewal: { help: "Renewed.", from: "server" },
  },
  measurements: {
    search_time: { help: "Search.", unit: "seconds", buckets: [1], labels: { cached: ["yes", "no"] } },
    queue: { help: "Queue.", unit: "ratio", buckets: [1], from: "server" },
  },
  features: { dark_mode: { help: "Dark." }, beta: { help: "Beta." } },
  jobs: { mail: { help: "Mails." } },
});
type Shop = typeof catalog;

const bare = defineCatalog({ app: "bare", routes: [] });
type Bare = typeof bare;

describe("the names of a side", () => {
  test("are those that it may report; without `from` a page reports them", () => {
    expectTypeOf<ActionName<Shop>>().toEqualTypeOf<"search" | "shown">();
    expectTypeOf<ServerActionName<Shop>>().toEqualTypeOf<"imported">();
    expectTypeOf<ServerConversionName<Shop>>().toEqualTypeOf<"order" | "renewal">();
    expectTypeOf<MeasurementName<Shop>>().toEqualTypeOf<"search_time">();
    expectTypeOf<ServerMeasurementName<Shop>>().toEqualTypeOf<"queue">();
    expectTypeOf<FeatureName<Shop>>().toEqualTypeOf<"dark_mode" | "beta">();
    expectTypeOf<JobName<Shop>>().toEqualTypeOf<"mail">();
  });

  test("do not exist where the catalog declares none", () => {
    expectTypeOf<ActionName<Bare>>().toEqualTypeOf<never>();
    expectTypeOf<FeatureName<Bare>>().toEqualTypeOf<never>();
    expectTypeOf<JobName<Bare>>().toEqualTypeOf<never>();
  });

  test("are all texts without a typed catalog", () => {
    expectTypeOf<FeatureName<Catalog>>().toEqualTypeOf<string>();
    expectTypeOf<JobName<Catalog>>().toEqualTypeOf<string>();
    expectTypeOf<ServerActionName<Catalog>>().toEqualTypeOf<string>();
  });
});

describe("a name of the other side", () => {
  test("has a message that says where to report it", () => {
    type OnPage = RefusedOnPage<Shop, "actions", "trackAction">;
    expectTypeOf<
      OnPage["what to do"]
    >().toEqualTypeOf<'"imported" is declared with from: "server": call collector.trackAction on the server.'>();
    type OnServer = RefusedOnServer<Shop, "measurements", "measure">;
    expectTypeOf<
      OnServer["what to do"]
    >().toEqualTypeOf<'"search_time" is reported by pages: declare it with from: "server", or call measure in the page.'>();
  });

  test("has a message where nothing is declared", () => {
    type OnPage = RefusedOnPage<Bare, "conversions", "trackConversion">;
    expectTypeOf<OnPage["what to do"]>().toEqualTypeOf<"The catalog declares no conversions.">();
  });

  test("has none where there is no other side, or no types", () => {
    const pages = defineCatalog({ app: "a", routes: [], actions: { a: { help: "A." } } });
    expectTypeOf<RefusedOnPage<typeof pages, "actions", "trackAction">>().toEqualTypeOf<never>();
    expectTypeOf<RefusedOnPage<Catalog, "actions", "trackAction">>().toEqualTypeOf<never>();
    expectTypeOf<RefusedOnServer<Catalog, "actions", "trackAction">>().toEqualTypeOf<never>();
  });
});

describe("the arguments after the name", () => {
  type Search = DetailsArguments<ActionEntry<Shop, "search">>;
  type Signup = ConversionArguments<ConversionEntry<Shop, "signup">>;
  type Wish = ConversionArguments<ConversionEntry<Shop, "wish">>;

  test("have every declared label, each with its own values", () => {
    expectTypeOf<[{ scope: "all"; kind: "text" }]>().toExtend<Search>();
    expectTypeOf<[{ scope: "all"; kind: "books" }]>().not.toExtend<Search>();
    expectTypeOf<[{ scope: "all" }]>().not.toExtend<Search>();
    expectTypeOf<[{ scope: string; kind: "text" }]>().not.toExtend<Search>();
  });

  test("may have attributes that are missing", () => {
    expectTypeOf<[{ scope: "all"; kind: "text"; from: undefined; user: null }]>().toExtend<Search>();
  });

  test("of a conversion have labels and money together", () => {
    expectTypeOf<[{ plan: "free"; value: number; currency: "JPY" }]>().toExtend<Wish>();
    expectTypeOf<[{ plan: "free"; value: string; currency: "JPY" }]>().toExtend<Wish>();
    expectTypeOf<[{ value: number; currency: "JPY" }]>().not.toExtend<Wish>();
    expectTypeOf<[{ plan: "pro"; value: number; currency: "JPY" }]>().not.toExtend<Wish>();
    expectTypeOf<[number]>().not.toExtend<Signup>();
    expectTypeOf<[{ plan: "pro" }]>().toExtend<Signup>();
  });

  test("of a measurement come after its value", () => {
    type Time = DetailsArguments<MeasurementEntry<Shop, "search_time">>;
    expectTypeOf<[{ cached: "yes" }]>().toExtend<Time>();
    expectTypeOf<[{ cached: boolean }]>().not.toExtend<Time>();
  });
});

describe("money of server code", () => {
  type Order = ServerConversionArguments<ConversionEntry<Shop, "order">>;
  type Renewal = ServerConversionArguments<ConversionEntry<Shop, "renewal">>;

  test("may be what a database driver gives: a number, a bigint, a text, a decimal object", () => {
    expectTypeOf<[{ value: number; currency: "KWD" }]>().toExtend<Order>();
    expectTypeOf<[{ value: bigint; currency: "KWD" }]>().toExtend<Order>();
    expectTypeOf<[{ value: "19.990"; currency: "KWD" }]>().toExtend<Order>();
    expectTypeOf<[{ value: { toFixed: () => string }; currency: "KWD" }]>().toExtend<Order>();
    expectTypeOf<[{ value: Date; currency: "KWD" }]>().not.toExtend<Order>();
    expectTypeOf<[{ value: number; currency: "EUR" }]>().not.toExtend<Order>();
  });

  test("is not asked for where none is declared, but an id is taken", () => {
    expectTypeOf<[]>().toExtend<Renewal>();
    expectTypeOf<[{ id: string }]>().toExtend<Renewal>();
    expectTypeOf<[{ id: number }]>().not.toExtend<Renewal>();
  });

  test("that is given back has the currency of the sale", () => {
    type Refund = RefundDetails<ConversionEntry<Shop, "order">>;
    expectTypeOf<{ id: string; value: 5; currency: "USD" }>().toExtend<Refund>();
    expectTypeOf<{ id: string; value: 5; currency: "EUR" }>().not.toExtend<Refund>();
    expectTypeOf<{ id: string }>().not.toExtend<Refund>();
  });
});
