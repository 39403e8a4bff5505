import { type Catalog, defineCatalog, webVitals } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { describe, expect, it } from "vitest";
import { catalogs, fullest, smallest } from "../../../../test/support/catalogs.ts";
import { selectorsOf } from "../../../../test/support/promqlSelectors.ts";
import { DEFAULT_LABELS, DEFAULT_SETTINGS, type GenerateSettings } from "../base/generateSettings.ts";
import { RUNTIME_METRICS } from "../promql/foreignMetrics.ts";
import { describeRules } from "../rules/rules.ts";
import { boardExpressions } from "./boardExpressions.ts";
import { BOARDS } from "./boardList.ts";
import type { Board, QueryPanel } from "./board.ts";
import { type BoardOptions, describeBoards, panelsOf } from "./describeBoards.ts";

const bookshop = defineCatalog({
  app: "bookshop",
  routes: ["/", "/cart"],
  features: { wish_list: { help: "Lists of wishes." } },
  funnels: { subscribe: ["page_view:/", "conversion:newsletter"] },
  conversions: {
    newsletter: { help: "Addresses left." },
    purchase: { help: "Orders paid.", from: "server", value: { money: ["USD", "EUR"] } },
  },
});

const boardsOf = (catalog: Catalog, options: Partial<BoardOptions> = {}): Board[] =>
  describeBoards(describeMetrics(catalog), { ...catalog, ...options });
const board = (catalog: Catalog, name: string): Board =>
  boardsOf(catalog).find((candidate) => candidate.name === name)!;
const titles = ({ sections }: Board): Record<string, string[]> =>
  Object.fromEntries(sections.map(({ title, panels }) => [title, panels.map(({ panel }) => panel.title)]));
const panels = (catalog: Catalog): QueryPanel[] =>
  boardsOf(catalog)
    .flatMap(panelsOf)
    .flatMap(({ panel }) => (panel.kind === "text" ? [] : panel));

describe("the boards of a catalog", () => {
  it("are these, in the order in which people look", () => {
    expect(boardsOf(fullest).map(({ title }) => title)).toEqual([
      "big_shop: Overview",
      "big_shop: Business",
      "big_shop: Page experience",
      "big_shop: Errors",
      "big_shop: API from the page",
      "big_shop: Backend",
      "big_shop: Database",
      "big_shop: Jobs and queues",
      "big_shop: Streams and cache",
      "big_shop: Collector",
      "big_shop: SLOs and alerts",
    ]);
  });

  it("leave out what the catalog does not have, instead of showing no data for ever", () => {
    const shown = panels(smallest).map(({ title }) => title);
    for (const title of shown)
      expect(title).not.toMatch(/Revenue|Conversion|Funnels|Feature|Actions|Measure/);
    expect(Object.keys(titles(board(smallest, "business")))).toEqual(["Users"]);
    expect(Object.keys(titles(board(smallest, "objectives")))).toEqual(["Alerts"]);
  });

  it("have a section of jobs only if the catalog declares some, and of what it cannot declare unless settings leave it out", () => {
    const sections = (catalog: Catalog, leaveOut: GenerateSettings["leaveOut"] = []) =>
      describeBoards(describeMetrics(catalog), {
        ...catalog,
        settings: { ...DEFAULT_SETTINGS, leaveOut },
      })
        .filter(({ name }) => ["database", "jobs", "streams"].includes(name))
        .map((each) => [each.name, ...each.sections.map(({ title }) => title)].join(": "));
    expect(sections(fullest)).toEqual([
      "database: Queries and connections",
      "jobs: Jobs: Queues",
      "streams: Streams: Cache",
    ]);
    expect(sections(smallest)).toContain("jobs: Queues");
    expect(sections(fullest, ["queues", "caches"])).toEqual([
      "database: Queries and connections",
      "jobs: Jobs",
      "streams: Streams",
    ]);
    expect(sections(smallest, ["database", "queues", "streams", "caches"])).toEqual([]);
  });

  it("show the server of PostgreSQL beside the app's queries, if its exporter's job is named", () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      labels: { ...DEFAULT_LABELS, job: "service" },
      postgresJob: "pg exporter",
    };
    const options = { ...smallest, settings, selector: 'cluster="eu"' };
    const expressions = describeBoards(describeMetrics(smallest), options)
      .flatMap(boardExpressions)
      .flatMap(({ expr }) => selectorsOf(expr))
      .filter((selector) => selector.startsWith("pg_"));
    expect(expressions.length).toBeGreaterThan(12);
    for (const selector of expressions)
      expect(selector).toMatch(/\{service="pg exporter",cluster="eu"(?:,datname!="")?\}$/);
    for (const { expr } of boardsOf(smallest).flatMap(boardExpressions)) expect(expr).not.toContain("pg_");
  });

  it("give each currency separate panels, with a number that stays when others are added", () => {
    const soldIn = (money: string[]) =>
      panelsOf(
        board(
          {
            app: "shop",
            routes: ["/"],
            conversions: { purchase: { help: "Orders.", from: "server", value: { money } } },
          },
          "business",
        ),
      )
        .filter(({ panel }) => panel.title.startsWith("Revenue per minute"))
        .map(({ id, panel }) => [panel.title, id] as const);
    const [dollars] = soldIn(["USD"]);
    expect(soldIn(["USD", "CHF"]).map(([title]) => title)).toEqual([
      "Revenue per minute, CHF",
      "Revenue per minute, USD",
    ]);
    expect(soldIn(["USD", "CHF"])).toContainEqual(dollars);
  });

  it("show the actions and the measurements that the catalog declares, each unit by itself", () => {
    const legends = Object.fromEntries(
      panels(fullest).map(({ title, queries }) => [title, queries.map(({ legend }) => legend)]),
    );
    expect(legends).toMatchObject({
      "Actions per minute": ["{{action}} (backend)", "{{action}} (page)"],
      "Measurements in seconds, 95th percentile": ["search_duration"],
      "Measurements in ratio, 95th percentile": ["coverage"],
      "Measurements in bytes, 95th percentile (backend)": ["payload"],
    });
  });

  it("show each value of services that the catalog declares: counters as rates, gauges now, histograms by a percentile", () => {
    const catalog = defineCatalog({
      app: "llm",
      routes: ["/"],
      ingested: {
        "llm.tokens": { type: "counter", help: "Tokens.", labels: { model: ["small", "large"] } },
        "gpu.memory": { type: "gauge", unit: "bytes", help: "Memory in use." },
        "job.wait": { type: "histogram", unit: "seconds", help: "Time in the queue.", buckets: [1, 10] },
      },
    });
    const shown = panels(catalog)
      .filter(({ name }) => name.startsWith("ingested-"))
      .map(({ title, queries }) => [title, ...queries.map(({ expression }) => expression.text)]);
    expect(shown).toEqual([
      ["Llm tokens, per minute", expect.stringMatching(/^60 \* sum by \(model\) \(rate\(llm_tokens_total\{/)],
      ["Gpu memory, now", expect.stringMatching(/^max\(gpu_memory_bytes\{/)],
      [
        "Job wait, 95th percentile",
        expect.stringMatching(/^histogram_quantile\(0\.95, .*job_wait_seconds_bucket/),
      ],
    ]);
  });

  it("color LCP where the web draws the line", () => {
    const lcp = panels(bookshop).find(({ title }) => title === "LCP of loaded documents, 75th percentile");
    expect(lcp?.thresholds).toEqual([
      { value: null, color: "green" },
      { value: webVitals.LCP.good, color: "orange" },
      { value: webVitals.LCP.poor, color: "red" },
    ]);
  });

  it("keep a panel's number when panels before it are left out", () => {
    const numberOf = (catalog: Catalog) =>
      panelsOf(board(catalog, "overview")).find(({ panel }) => panel.title === "Error ratio")?.id;
    expect(numberOf(smallest)).toBe(numberOf(bookshop));
  });

  it("are the same for the same catalog", () => {
    expect(JSON.stringify(boardsOf(fullest))).toBe(JSON.stringify(boardsOf(structuredClone(fullest))));
  });

  it("start with a day where people decide by them, and with an hour where they operate", () => {
    expect(BOARDS.map(({ name, range, refresh }) => `${name}: ${range}, ${refresh}`)).toEqual([
      "overview: 24h, 1m",
      "business: 24h, 1m",
      "page-experience: 1h, 30s",
      "errors: 1h, 30s",
      "page-api: 1h, 30s",
      "backend: 1h, 30s",
      "database: 1h, 30s",
      "jobs: 1h, 30s",
      "streams: 1h, 30s",
      "collector: 1h, 30s",
      "objectives: 24h, 1m",
    ]);
  });
});

describe("uid and title", () => {
  it("are those that Grafana takes, and different over all boards of several catalogs", () => {
    const long = "x".repeat(60);
    const apps = ["shop", "shop_page", "blog", `${long}a`, `${long}b`];
    const all = apps.flatMap((app) => boardsOf({ ...fullest, app }));
    expect(all).toHaveLength(apps.length * BOARDS.length);
    for (const { uid } of all) expect(uid).toMatch(/^[\w-]{1,40}$/);
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title.toLowerCase())).size).toBe(all.length);
    expect(board(bookshop, "business").uid).toBe("rumkit-bookshop-business");
  });

  it("have the prefixes of the settings, and so do tags and time zone", () => {
    const settings = {
      ...DEFAULT_SETTINGS,
      titlePrefix: "Acme / ",
      uidPrefix: "acme-",
      tags: ["web"],
      timezone: "Europe/Berlin",
    };
    expect(boardsOf(smallest, { settings })[0]).toMatchObject({
      uid: "acme-blog-overview",
      title: "Acme / blog: Overview",
      tags: ["rumkit", "blog", "web"],
      linkTags: ["rumkit", "blog"],
      timezone: "Europe/Berlin",
    });
  });
});

describe.each(catalogs)("every panel of %s", (_, catalog) => {
  const boards = boardsOf(catalog);

  it("says in full sentences what it shows", () => {
    for (const { panel } of boards.flatMap(panelsOf)) {
      expect(panel.title).not.toBe("");
      expect(panel.description, panel.title).toMatch(/^[A-Z(].{20,}\.$/);
    }
  });

  it("says what to do when it is red, or when it changes", () => {
    for (const { panel } of boards.flatMap(panelsOf)) {
      if (panel.kind === "text") continue;
      expect(panel.description, panel.title).toMatch(/\. When .+[,:;] .{10,}/);
      if (panel.thresholds) expect(panel.description, panel.title).toMatch(/When .*(?:red|above|wait)/);
    }
  });

  it("has a number of its board alone, which Grafana's database can hold", () => {
    for (const { sections } of boards) {
      const ids = [...sections, ...panelsOf({ sections })].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => Number.isInteger(id) && id > 0 && id < 2 ** 31)).toBe(true);
    }
  });

  it("has a title that no other panel of its board has", () => {
    for (const { name, sections } of boards) {
      const shown = panelsOf({ sections }).map(({ panel }) => panel.title);
      expect(shown, name).toEqual([...new Set(shown)]);
    }
  });

  it("asks for known metrics only, and for counters only by their increase", () => {
    const known = new Map(describeMetrics(catalog).map(({ name, type }) => [name, type as string]));
    known.set("ALERTS", "gauge").set("up", "gauge");
    for (const { name, type } of RUNTIME_METRICS) known.set(name, type);
    for (const { name } of describeRules(describeMetrics(catalog), catalog).recordings)
      known.set(name, "gauge");
    for (const { panel, expr } of boards.flatMap(boardExpressions)) {
      const selectors = [
        ...expr.matchAll(/((?:rate|increase)\()?\b([a-zA-Z][\w:]*?)(_bucket|_count)?\{[^}]*\}(\[)?/g),
      ];
      expect(selectors.length, panel).toBeGreaterThan(0);
      for (const [, increase, metric = "", , window] of selectors) {
        const isGauge = known.get(metric) === "gauge";
        expect(known.get(metric), `${panel}: ${metric}`).toMatch(/counter|histogram|gauge/);
        expect([increase === undefined, window === undefined], panel).toEqual([isGauge, isGauge]);
      }
    }
  });

  it("lies on the grid without touching another, and fills its line", () => {
    for (const { name, sections } of boards) {
      const places = [...sections, ...panelsOf({ sections })].map(({ gridPos }) => gridPos);
      const cells = places.flatMap(({ x, y, w, h }) =>
        Array.from({ length: w * h }, (__, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
      );
      expect(new Set(cells).size, name).toBe(cells.length);
      expect(cells.length, name).toBe(24 * Math.max(...places.map(({ y, h }) => y + h)));
      expect(places.every(({ x, w }) => x + w <= 24)).toBe(true);
    }
  });
});
