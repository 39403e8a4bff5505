import { tableRow } from "./tableRow.js";

/** Milliseconds between two looks at the costs. */
const EVERY_MS = 2_000;

/** Keeps the table of tokens and costs up to date. */
export async function showCosts() {
  const body = document.querySelector("#costs");
  for (;;) {
    const costs = await read();
    if (costs)
      body.replaceChildren(...costs.models.map(rowOf), rowOf({ model: "All", cost_usd: costs.total_usd }));
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

/** Returns the costs; undefined while the server cannot be reached. */
async function read() {
  try {
    return await (await fetch("/metrics/costs")).json();
  } catch {
    return undefined;
  }
}

function rowOf({ model, tokens, cost_usd: cost }) {
  const counts = ["prompt", "cached", "completion"].map((kind) => tokens?.[kind].toLocaleString("en") ?? "");
  return tableRow(model, [...counts, `$${Number(cost).toFixed(4)}`]);
}
