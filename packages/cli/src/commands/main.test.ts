import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCommand } from "../../../../test/support/commandOutput.ts";
import { main } from "./main.ts";

/** A command line that ends before a command does anything. */
const run = (...args: string[]) => runCommand(() => main(args));

describe("invalid arguments end with 2, one line that says why, and one that names the help", () => {
  it.each([
    ["no catalog", ["generate", "--out", "out"], "Missing catalog file, e.g. rumkit generate catalog.ts."],
    ["no folder", ["generate", "catalog.ts"], "--out is missing: the folder to write to, e.g. --out deploy."],
    ["two catalogs", ["check", "a.ts", "b.ts"], "Expected one catalog file, got: a.ts, b.ts."],
    ["two catalogs to serve", ["serve", "a.ts", "b.ts"], "Expected one catalog file, got: a.ts, b.ts."],
    [
      "a port out of range",
      ["init", "--port", "70000"],
      '--port must be a whole number from 1 to 65535 (got "70000").',
    ],
    ["a misspelt option", ["serve", "--prot", "5410"], "Unknown option --prot. Did you mean --port?"],
    ["an unknown option", ["generate", "--overwrite"], "Unknown option --overwrite."],
    ["a letter", ["check", "-x"], "Unknown option -x."],
    ["a negated option", ["check", "--no-jsn"], "Unknown option --no-jsn. Did you mean --json?"],
    [
      "an option without its value",
      ["generate", "c.ts", "--out"],
      'Write --out=<value> if the value starts with "-".',
    ],
    [
      "a value like an option",
      ["serve", "--host", "-a"],
      'Write --host=<value> if the value starts with "-".',
    ],
    ["a value of a switch", ["check", "--json=yes"], "--json takes no value."],
    [
      "a secret",
      ["serve", "--live-token", "x"],
      "Secrets are not accepted on the command line. Set RUMKIT_LIVE_TOKEN or RUMKIT_LIVE_TOKEN_FILE.",
    ],
    ["secret keys", ["serve", "--secret-keys=a=b"], "Set RUMKIT_SECRET_KEYS or RUMKIT_SECRET_KEYS_FILE."],
    ["what only a file holds", ["serve", "--tokens", "x"], "Set tokens in rumkit.config.ts."],
    [
      "a budget that is a word",
      ["check", "c.ts", "--max-series", "abc"],
      '--max-series must be a whole number (got "abc").',
    ],
    [
      "an address without https",
      ["sourcemaps", "upload", ".", "--release", "1", "--url", "shop.example"],
      '--url must start with http:// or https:// (got "shop.example").',
    ],
    ...[
      ["doctor", "--url"],
      ["doctor", "--origin"],
      ["script", "--url"],
      ["catalog", "--from"],
      ["init", "--url"],
    ].map(([command, flag]): [string, string[], string] => [
      `an address of ${command} ${flag} without https`,
      [command!, flag!, "shop.example"],
      `${flag} must start with http:// or https:// (got "shop.example").`,
    ]),
    [
      "no address",
      ["sourcemaps", "upload", ".", "--release", "1"],
      "--url is missing: the collector's address",
    ],
    ["no release", ["sourcemaps", "copy", ".", "--to", "x"], "--release is missing"],
    ...["doctor --url", "script --url", "catalog --from", "init --url"].map(
      (line): [string, string[], string] => [
        `an address without the option of ${line}`,
        [line.split(" ")[0]!, "http://user:secret@shop.example"],
        `Unknown argument "http://***@shop.example". Did you mean ${line.split(" ")[1]} http://***@shop.example?`,
      ],
    ),
    ["a misspelt help", ["serve", "--helpp"], "Unknown option --helpp. Did you mean --help?"],
    [
      "an option for the URL of tail",
      ["tail", "--url", "http://a.example"],
      "The URL has no option here: rumkit tail http://127.0.0.1:4000.",
    ],
    ["a word", ["doctor", "here"], 'Unknown argument "here".'],
    ["an argument too many", ["key", "web"], "rumkit key takes no arguments."],
  ])("for %s", async (_, args, message) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    const [first, second, ...rest] = stderr.split("\n");
    expect(first).toMatch(/^\[rumkit\] /);
    expect(first).toContain(message);
    expect([second, ...rest]).toEqual([`Run "rumkit ${args[0]} --help" for all options.`, ""]);
  });

  it.each([
    ["sevre", 'Unknown command "sevre". Did you mean "serve"?'],
    ["halp", 'Unknown command "halp". Did you mean "help"?'],
    ["dashboards", 'Unknown command "dashboards".'],
    ["toString", 'Unknown command "toString".'],
    ["--versoin", 'Unknown option "--versoin". Did you mean "--version"?'],
  ])("for %s", async (name, message) => {
    expect(await run(name)).toEqual({
      code: 2,
      stdout: "",
      stderr: `[rumkit] ${message}\nRun "rumkit --help" for all commands.\n`,
    });
    expect(await run("help", name)).toMatchObject({ code: 2 });
  });
});

describe("with --json, the output is JSON also if something is wrong", () => {
  it.each([
    ["a missing catalog", ["check", "no.ts", "--json"], 1, "no.ts does not exist."],
    ["an unknown option", ["check", "a.ts", "--jsn", "--json"], 2, "Unknown option --jsn."],
    [
      "a collector that is down",
      ["alerts", "list", "--json", "--url", "http://127.0.0.1:1"],
      1,
      "http://127.0.0.1:1/api/rumkit/alerts does not answer",
    ],
  ])("for %s", async (_, args, code, error) => {
    const ended = await run(...args);
    expect(ended.code).toBe(code);
    expect(JSON.parse(ended.stdout)).toEqual({ error: expect.stringContaining(error) as string });
    expect(ended.stderr).toContain(`[rumkit] ${error}`);
  });
});

describe("help and version", () => {
  it.each([[[]], [["help"]], [["--help"]], [["-h"]], [["help", "help"]]])(
    "%j lists every command",
    async (args) => {
      const { code, stdout, stderr } = await run(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage: rumkit <command>/);
      for (const command of [
        "check",
        "doctor",
        "init",
        "generate",
        "key",
        "script",
        "serve",
        "sourcemaps",
        "tail",
      ])
        expect(stdout).toMatch(new RegExp(`^  ${command} {2,}\\w`, "m"));
    },
  );

  it.each([[["help", "generate"]], [["generate", "--help"]], [["generate", "a.ts", "-h"]]])(
    "%j explains one",
    async (args) => {
      expect(await run(...args)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^Usage: rumkit generate/) as string,
      });
    },
  );

  it.each(["--version", "-v"])("%s says which rumkit and which Node.js", async (flag) => {
    const file = await readFile(join(import.meta.dirname, "../../package.json"), "utf8");
    const { version } = JSON.parse(file) as { version: string };
    expect(await run(flag)).toEqual({
      code: 0,
      stdout: `rumkit ${version} (node ${process.versions.node})\n`,
      stderr: "",
    });
  });
});
