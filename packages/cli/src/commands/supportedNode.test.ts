import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { explainNode } from "./supportedNode.ts";

test("every release that engines names is taken", () => {
  const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
    engines: { node: string };
  };
  expect(engines.node).toBe("^22.23.0 || >=24.17.0");
  for (const version of ["22.23.0", "22.99.1", "24.17.0", "24.21.0", "25.0.0", "26.1.0"])
    expect(explainNode(version)).toBeUndefined();
});

test("older ones and odd ones between get one line that says what to install", () => {
  for (const version of ["18.0.0", "20.20.2", "22.12.0", "22.22.9", "23.11.0", "24.16.1"])
    expect(explainNode(version)).toBe(
      `[rumkit] This is Node.js ${version}. rumkit needs 22.23 or newer of 22, or 24.17 or newer: https://nodejs.org.`,
    );
});
