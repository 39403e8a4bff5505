import { ask, clock } from "./elements.js";

/** Asks the collector's audit log as the form says, and shows its newest entries. */
export async function askAudit() {
  const body = document.getElementById("entries");
  const { what, minutes, about } = Object.fromEntries(new FormData(document.getElementById("audit")));
  const query = new URLSearchParams({ limit: "50" });
  if (what !== "") query.set("what", what);
  if (about !== "") query.set("about", about);
  if (minutes !== "") query.set("from", String(Date.now() - minutes * 60_000));
  try {
    const { entries } = await ask(`/api/rumkit/audit?${query}`);
    const rows = entries.toReversed().map(rowOf);
    body.replaceChildren(...(rows.length > 0 ? rows : [row(["", "", "No entry.", "", ""])]));
  } catch (error) {
    body.replaceChildren(row(["", "", error.message, "", ""]));
  }
}

function rowOf({ at, who, what, about, why, facts }) {
  const known = Object.entries(facts ?? {}).map(([name, value]) => `${name}: ${value}`);
  return row([clock(at), who, what, about, [why, ...known].filter(Boolean).join("; ")]);
}

function row(texts) {
  const created = document.createElement("tr");
  created.append(
    ...texts.map((text) => {
      const cell = document.createElement("td");
      cell.textContent = text;
      return cell;
    }),
  );
  return created;
}
