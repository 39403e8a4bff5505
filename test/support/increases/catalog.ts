import { defineCatalog } from "@rumkit/protocol";

const conversions = {
  purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } },
} as const;

/** What the first release counts. */
export const first = defineCatalog({
  app: "shop",
  routes: ["/", "/old"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "y"] } } },
  conversions,
  http: { status: "code" },
  // What fails below is 5 %: a tenth more of it, counted once again, is above.
  objectives: { reliable: { http: { errorsBelow: 0.08 } } },
});

/** What the second does: another route, another value of a label. */
export const second = defineCatalog({
  ...first,
  routes: ["/", "/new"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "z"] } } },
});
