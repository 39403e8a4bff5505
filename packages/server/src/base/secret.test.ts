import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { checkSecret, readSecret, type Secret } from "./secret.ts";
import { Faults } from "./shape.ts";

function faultsOf(secret: unknown): string[] {
  const faults = new Faults("the options");
  checkSecret(secret, ["url"], faults);
  return faults.found.map(({ text }) => text);
}

function fileWith(content: string): Secret {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "secret"), content);
  return { file: join(folder, "secret") };
}

test("a secret is a text, a variable, or a file with one line", () => {
  vi.stubEnv("HOOK", "https://hooks.example/abc");
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const secret of [
    "https://hooks.example/abc",
    { env: "HOOK" },
    fileWith("https://hooks.example/abc\n"),
  ]) {
    expect(faultsOf(secret)).toEqual([]);
    expect(readSecret(secret)).toBe("https://hooks.example/abc");
  }
});

test.each([
  ["an empty text", "", "is empty"],
  [
    "a variable that is not set",
    { env: "NOT_SET_AT_ALL" },
    'names the variable "NOT_SET_AT_ALL", which is not set',
  ],
  ["a file that is missing", { file: "/nowhere/hidden-secret" }, "names a file that cannot be read: ENOENT"],
  ["both places", { env: "A", file: "/b" }, "must have either env or file"],
  ["neither place", {}, "must have either env or file"],
  ["a misspelled place", { evn: "HOOK" }, 'Did you mean "env"?'],
  ["a number", 12345678, "must be a text"],
  ["a header that ends", "hidden-secret\r\nx-forged: 1", "has a control character"],
  ["a text without end", "hidden-secret".repeat(1_000), "has more than 8192 characters"],
])("%s is refused, without the secret", (_what, secret, fault) => {
  const [text, ...more] = faultsOf(secret);
  expect(text).toContain(fault);
  expect(more).toEqual([]);
  expect(text).not.toMatch(/hidden-secret|12345678/);
});

test("several lines in a file are refused", () => {
  expect(faultsOf(fileWith("one\ntwo\n"))).toEqual([
    "url has a control character, such as the end of a line.",
  ]);
});
