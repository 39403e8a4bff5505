import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { splitByProcess } from "./support/setup/sharedProcess.ts";

const COMPARES = 'test("adds", () => expect(add(1, 2)).toBe(3));';

test.each([
  ["a spy", 'vi.spyOn(console, "log");'],
  ["an environment variable", 'process.env["TZ"] = "UTC";'],
  ["a timer", "await new Promise((resolve) => setTimeout(resolve, 10));"],
  ["a server", 'import { createServer } from "node:http";'],
  ["a collector", "const collector = createCollector({ catalog });"],
  ["something prepared", "beforeEach(prepare);"],
  ["another part of the tests", 'import { freePort } from "../../../../test/support/freePort.ts";'],
])(
  "a test file with %s has a process for itself, and one that compares results shares one",
  (_what, line) => {
    const root = mkdtempSync(join(tmpdir(), "rumkit-split-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    mkdirSync(join(root, "src"));
    writeFileSync(join(root, "src/functions.test.ts"), COMPARES);
    writeFileSync(join(root, "src/traces.test.ts"), `${line}\n${COMPARES}`);
    expect(splitByProcess(root, ["src/**/*.test.ts"])).toEqual({
      alone: ["src/traces.test.ts"],
      replacing: [],
      together: ["src/functions.test.ts"],
    });
  },
);

test.each(['vi.mock("./add.ts");', "vi.doMock('./add.ts', create);", "vi.resetModules();"])(
  "a test file with %s has modules that can be replaced",
  (line) => {
    const root = mkdtempSync(join(tmpdir(), "rumkit-split-"));
    onTestFinished(() => rmSync(root, { recursive: true }));
    writeFileSync(join(root, "replaces.test.ts"), `${line}\n${COMPARES}`);
    expect(splitByProcess(root, ["*.test.ts"])).toEqual({
      alone: [],
      replacing: ["replaces.test.ts"],
      together: [],
    });
  },
);
