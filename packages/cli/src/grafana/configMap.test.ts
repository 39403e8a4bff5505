import { describeMetrics } from "@rumkit/server";
import { expect, it } from "vitest";
import { fullest } from "../../../../test/support/catalogs.ts";
import { describeBoards } from "../boards/describeBoards.ts";
import { renderClassic } from "./classic.ts";
import { renderConfigMaps } from "./configMap.ts";

const boards = describeBoards(describeMetrics(fullest), fullest);
const documents = renderConfigMaps(boards, "big_shop", "Shops & more").split(/^---\n/m);

it("are one for each board, with the label and the folder that the sidecar reads", () => {
  expect(documents).toHaveLength(boards.length);
  for (const [index, document] of documents.entries()) {
    const [head = "", json = ""] = document.split("|-\n");
    const { name } = boards[index]!;
    expect(head).toBe(
      [
        "apiVersion: v1",
        "kind: ConfigMap",
        "metadata:",
        `  name: rumkit-big-shop-${name}`,
        "  labels:",
        '    grafana_dashboard: "1"',
        "  annotations:",
        '    grafana_folder: "Shops & more"',
        "data:",
        `  big_shop-${name}.json: `,
      ].join("\n"),
    );
    // One line, indented below its key, so that YAML reads what JSON wrote.
    expect(json).toMatch(/^ {4}\{.*\}\n$/);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(renderClassic(boards[index]!))));
  }
});

it("have names that Kubernetes takes, and fit into its limit of 1 MiB", () => {
  for (const document of documents) {
    expect(/^ {2}name: (.+)$/m.exec(document)?.[1]).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,251}[a-z0-9])?$/);
    expect(Buffer.byteLength(document)).toBeLessThan(1024 * 1024);
  }
});
