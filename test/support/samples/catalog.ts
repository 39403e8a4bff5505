import { defineCatalog } from "@rumkit/protocol";

/** The shop that samples are about, where a page does not define it. */
export const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id", "/checkout"],
  actions: {
    add_to_cart: { help: "Items put into the cart.", labels: { category: ["books", "games"] } },
  },
  conversions: {
    wish: { help: "Items put on the list of wishes.", value: { money: ["USD", "EUR"] } },
    purchase: { help: "Orders paid.", from: "server", value: { money: ["USD", "EUR"] }, experience: true },
  },
  measurements: { search: { help: "Time of a search.", unit: "seconds", buckets: [0.1, 0.5, 1, 5] } },
  gauges: {
    seats_taken: { help: "Seats in use.", labels: { plan: ["basic", "pro"] }, outOf: "seats" },
    seats: { help: "Seats sold.", labels: { plan: ["basic", "pro"] } },
  },
  jobs: {
    invoice: { help: "Invoices written.", buckets: [0.1, 0.5, 1, 5] },
    report: { help: "Reports made.", buckets: [0.1, 0.5, 1, 5] },
    mail: { help: "Mails sent.", buckets: [0.1, 0.5, 1, 5] },
  },
});
