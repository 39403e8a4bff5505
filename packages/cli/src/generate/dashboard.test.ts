import { type Catalog, defineCatalog, webVitals } from "@rumkit/protocol";
import { describe, expect, it } from "vitest";
import { dashboardExpressions, renderBusinessDashboard } from "./dashboard.ts";
import type { Panel } from "./grafanaTypes.ts";
import { describeMetrics } from "@rumkit/server";

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

const render = (catalog: Catalog) => renderBusinessDashboard(describeMetrics(catalog), { app: catalog.app });
const panelsOf = (catalog: Catalog) =>
  render(catalog).panels.filter((panel): panel is Panel => panel.type !== "row");
const titles = (catalog: Catalog) => panelsOf(catalog).map(({ title }) => title);
const panel = (catalog: Catalog, title: string) =>
  panelsOf(catalog).find((candidate) => candidate.title === title);

describe("the business overview", () => {
  it("shows users, money and backend", () => {
    expect(titles(bookshop)).toEqual([
      "Page views per minute by route",
      "Active sessions",
      "Conversions per minute by name",
      "Conversions in total",
      "Conversion rate",
      "Revenue per minute, EUR",
      "Revenue per minute, USD",
      "Revenue in total, EUR",
      "Revenue in total, USD",
      "LCP of loaded documents, 75th percentile",
      "Share of good LCP by navigation",
      "JavaScript errors per minute by route",
      "LCP by navigation, 75th percentile",
      "Phases of a page's load, 75th percentile",
      "Long tasks, 75th percentile by script",
      "Rage, dead and error clicks per minute",
      "Funnels, sessions by step",
      "Feature uses per minute",
      "API duration by endpoint, 75th percentile",
      "API error ratio by endpoint",
      "API errors per minute by kind",
      "Requests per second by route",
      "Error ratio",
      "Request duration, 95th percentile",
      "Queue depth and jobs in flight",
      "Time to the first item of streams, 95th percentile",
      "Active streams",
      "Query duration by table, 95th percentile",
      "Database connections",
      "Cache hit ratio",
      "Refunds per minute, EUR",
      "Refunds per minute, USD",
      "Application errors per minute",
    ]);
  });

  it("leaves out what the catalog does not have, instead of showing no data for ever", () => {
    const shown = titles({ app: "blog", routes: ["/"] });
    for (const title of shown)
      expect(title).not.toMatch(/Revenue|Conversion|Funnels|Feature|Actions|Measure/);
    expect(shown).toHaveLength(22);
  });

  it("gives each currency separate panels, with its sign or code and an id that stays", () => {
    const soldIn = (money: string[]) =>
      panelsOf({
        app: "shop",
        routes: ["/"],
        conversions: { purchase: { help: "Orders.", from: "server", value: { money } } },
      })
        .filter(({ title }) => title.startsWith("Revenue per minute"))
        .map(({ id, title, fieldConfig }) => [id, title, fieldConfig.defaults.unit]);
    const dollars = [14_211904, "Revenue per minute, USD", "currencyUSD"];
    const francs = [14_030806, "Revenue per minute, CHF", "currency:CHF"];
    expect(soldIn(["USD"])).toEqual([dollars]);
    expect(soldIn(["USD", "CHF"])).toEqual([francs, dollars]);
  });

  it("shows the actions and the measurements that the catalog declares, each unit by itself", () => {
    const catalog = defineCatalog({
      app: "shop",
      routes: ["/"],
      actions: { search: { help: "Searches." } },
      measurements: {
        search_duration: { help: "Searches.", unit: "seconds", buckets: [1] },
        payment_duration: { help: "Payments.", unit: "seconds", buckets: [1], from: "server" },
        payload: { help: "Payloads.", unit: "bytes", buckets: [100] },
      },
    });
    const board = renderBusinessDashboard(describeMetrics(catalog), catalog);
    const legends = Object.fromEntries(
      board.panels.flatMap((shown) =>
        shown.type === "row"
          ? []
          : [
              [
                `${shown.title} (${shown.fieldConfig.defaults.unit})`,
                shown.targets.map((t) => t.legendFormat),
              ],
            ],
      ),
    );
    expect(legends).toMatchObject({
      "Actions per minute (cpm)": ["{{action}} (page)"],
      "Measurements in seconds, 95th percentile (s)": ["search_duration", "payment_duration (backend)"],
      "Measurements in bytes, 95th percentile (bytes)": ["payload"],
    });
  });

  it("colors LCP where the web draws the line", () => {
    expect(
      panel(bookshop, "LCP of loaded documents, 75th percentile")?.fieldConfig.defaults["thresholds"],
    ).toEqual({
      mode: "absolute",
      steps: [
        { value: null, color: "green" },
        { value: webVitals.LCP.good, color: "orange" },
        { value: webVitals.LCP.poor, color: "red" },
      ],
    });
  });

  it("keeps a panel's id when panels before it are left out", () => {
    const blog = { app: "blog", routes: ["/"] };
    expect(panel(blog, "Error ratio")?.id).toBe(panel(bookshop, "Error ratio")?.id);
  });

  it("is the same text for the same catalog", () => {
    expect(JSON.stringify(render(bookshop))).toBe(JSON.stringify(render(structuredClone(bookshop))));
  });

  it("has a uid that Grafana takes, different for names that begin alike", () => {
    const uids = ["a", "b"].map((last) => render({ app: `${"x".repeat(60)}${last}`, routes: ["/"] }).uid);
    expect(uids[0]).toMatch(/^[\w-]{1,40}$/);
    expect(uids[0]).not.toBe(uids[1]);
    expect(render(bookshop).uid).toBe("bookshop-business");
  });

  it("lists its expressions for those who run them", () => {
    expect(dashboardExpressions(render(bookshop))).toContainEqual({
      panel: "Active sessions",
      refId: "A",
      expr: 'sum(rum_active_sessions{job=~"$job",instance=~"$instance"})',
    });
  });
});

describe("every panel", () => {
  const dashboard = render(bookshop);
  const panels = panelsOf(bookshop);

  it("says what it shows, and in which unit", () => {
    for (const { title, description, fieldConfig } of panels) {
      expect(title).not.toBe("");
      expect(description, title).toMatch(/^[A-Z(].{20,}\.$/);
      expect(fieldConfig.defaults.unit, title).not.toBe("");
    }
  });

  it("has its own id, without which Grafana 13 drops it, and targets with ids", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => Number.isInteger(id) && id > 0)).toBe(true);
    for (const { title, targets } of panels) {
      expect(targets.length, title).toBeGreaterThan(0);
      expect(targets.map(({ refId }) => refId)).toEqual(
        ["A", "B", "C", "D", "E", "F", "G", "H"].slice(0, targets.length),
      );
    }
  });

  it("asks the data source that the reader chose", () => {
    const chosen = { type: "prometheus", uid: "${datasource}" };
    for (const { datasource, targets } of panels) {
      expect([datasource, ...targets.map((target) => target.datasource)]).toEqual(
        Array.from({ length: targets.length + 1 }, () => chosen),
      );
    }
    expect(dashboard["templating"]).toMatchObject({
      list: [
        { name: "datasource", type: "datasource", query: "prometheus" },
        { name: "job", datasource: chosen },
        { name: "instance", datasource: chosen },
      ],
    });
  });

  it("asks for known metrics only, and for counters only by their increase", () => {
    const known = new Map(describeMetrics(bookshop).map((descriptor) => [descriptor.name, descriptor.type]));
    for (const { panel: title, expr } of dashboardExpressions(dashboard)) {
      const selectors = [
        ...expr.matchAll(/((?:rate|increase)\()?\b([a-z]\w*?)(_bucket|_count)?\{[^}]*\}(\[)?/g),
      ];
      expect(selectors.length, title).toBeGreaterThan(0);
      for (const [, increase, metric = "", , window] of selectors) {
        const isGauge = known.get(metric) === "gauge";
        expect(known.get(metric), `${title}: ${metric}`).toMatch(/counter|histogram|gauge/);
        expect([increase === undefined, window === undefined], title).toEqual([isGauge, isGauge]);
      }
    }
  });

  it("lies on the grid without touching another", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });
});
