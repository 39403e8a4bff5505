/** The table of docs/boards.md, which names the panel of ours for each panel of boards that teams build by hand. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "@rumkit/server";
import { expect, it } from "vitest";
import { catalog as licenses } from "../../../../examples/licenses/catalog.ts";
import { catalog as shop } from "../../../../examples/shop/catalog.ts";
import { DEFAULT_SETTINGS } from "../base/generateSettings.ts";
import { describeBoards, panelsOf } from "./describeBoards.ts";

const DOC = readFileSync(join(import.meta.dirname, "../../../../docs/boards.md"), "utf8");
const [, table = ""] = DOC.split("## Panels of other boards");
const rows = table
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:---|board) /.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, board = "", panel = "", ours = ""]) => ({ board, panel, ours }));

/** Shows the panels of postgres_exporter, too, which the table marks. */
const settings = { ...DEFAULT_SETTINGS, postgresJob: "postgres" };
const shown = titlesOf(shop);
const shownOfLicenses = titlesOf(licenses);

/** The panels of an app's boards, as the table names them. */
function titlesOf(catalog: Catalog): string[] {
  return describeBoards(describeMetrics(catalog), { ...catalog, settings }).flatMap((board) =>
    panelsOf(board).map(({ panel }) => `${board.title.replace(`${catalog.app}: `, "")}: ${panel.title}`),
  );
}

it.each(rows)("$board, $panel: $ours", ({ board, panel, ours }) => {
  expect(panel).not.toBe("");
  if (ours.startsWith("None: ")) return expect(ours.length).toBeGreaterThan(40);
  for (const name of ours.replace(" (with `--postgres-job`)", "").split("; "))
    expect(board.startsWith("License ") ? shownOfLicenses : shown).toContain(name);
});

it("has every board, with each of its panels", () => {
  const count = (board: string): number => rows.filter((row) => row.board === board).length;
  const boards = [...new Set(rows.map(({ board }) => board))];
  expect(Object.fromEntries(boards.map((board) => [board, count(board)]))).toEqual({
    "License Business Metrics": 20,
    "License Server Overview": 6,
    "License Ops Overview": 8,
    "Clip Overview": 5,
    "Staging Overview": 6,
    Application: 16,
    Infrastructure: 3,
    PostgreSQL: 3,
    SLO: 4,
  });
});

const [, questions = ""] = /## Questions, and where the answer is\n([\s\S]*?)\n\*\*/.exec(DOC) ?? [];

it.each(
  [...questions.matchAll(/^\| (.*\?) \| (.*) \|$/gm)].map(([, question = "", ours = ""]) => ({
    question,
    ours,
  })),
)("$question $ours", ({ ours }) => {
  for (const name of ours.split("; ")) expect(shown).toContain(name);
});
