import { defineCatalog } from "@rumkit/protocol";

const conversions = {
  purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } },
} as const;

/** The catalog of the first release. */
export const first = defineCatalog({
  app: "shop",
  routes: ["/", "/old"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "y"] } } },
  conversions,
  http: { status: "code" },
  // What fails below is 5 %: a tenth more of it, counted once again, is above.
  objectives: { reliable: { http: { errorsBelow: 0.08 } } },
});

/** The catalog of the second release: another route, another value of a label. */
export const second = defineCatalog({
  ...first,
  routes: ["/", "/new"],
  actions: { press: { help: "Presses.", labels: { key: ["x", "z"] } } },
});
