import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConfigSources, readConfig } from "./readConfig.ts";
import { renderConfig } from "./renderConfig.ts";
import { secretFileName } from "./secretFiles.ts";
import { environmentName, flagName, SETTING_NAMES } from "./settings.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-config-"));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (sources: Partial<ConfigSources> = {}) =>
  readConfig({ flags: {}, env: {}, file: undefined, folder, ...sources });

/** Each file has its own name, because Node keeps the modules that it imported. */
async function write(text: string, name = "rumkit.config.json"): Promise<void> {
  await writeFile(join(folder, name), text);
}

describe("a setting comes from", () => {
  test("its default, where no source sets it", async () => {
    const { config, sources } = await read();
    expect(config).toMatchObject({ host: "127.0.0.1", port: 4000, environment: "development" });
    expect(sources["port"]).toBe("default");
  });

  test.each([
    [undefined, {}, "development"],
    [undefined, { host: "localhost" }, "development"],
    [undefined, { host: "::1" }, "development"],
    ["", { host: "0.0.0.0" }, "production"],
    [undefined, { host: "0.0.0.0" }, "production"],
    [undefined, { host: "rum.example" }, "production"],
    [undefined, { "listen-fd": "3" }, "production"],
    ["development", { host: "0.0.0.0" }, "development"],
    ["staging", {}, "production"],
    [" Production ", {}, "production"],
  ])("its default, of the environment: NODE_ENV=%j with %j is %s", async (value, flags, environment) => {
    const { "listen-fd": listenFd, ...others } = flags as Record<string, string>;
    const { config, sources } = await read({
      env: { NODE_ENV: value },
      flags: { ...others, ...(listenFd !== undefined && { listenFd }) },
    });
    expect([config.environment, sources["environment"]]).toEqual([environment, "default"]);
  });

  test("the file, which beats the default", async () => {
    await write('{ "port": 4001 }');
    const { config, sources } = await read();
    expect([config.port, sources["port"]]).toEqual([4001, join(folder, "rumkit.config.json")]);
  });

  test("the environment, which beats the file", async () => {
    await write('{ "port": 4001 }');
    const { config, sources } = await read({ env: { RUMKIT_PORT: "4002" } });
    expect([config.port, sources["port"]]).toEqual([4002, "RUMKIT_PORT"]);
  });

  test("a flag, which beats them all", async () => {
    await write('{ "port": 4001 }');
    const { config, sources } = await read({ env: { RUMKIT_PORT: "4002" }, flags: { port: "4003" } });
    expect([config.port, sources["port"]]).toEqual([4003, "command line"]);
  });

  test("nowhere else: an empty variable says nothing", async () => {
    expect((await read({ env: { RUMKIT_PORT: "" } })).config.port).toBe(4000);
  });
});

describe("a file", () => {
  test.each([
    ["rumkit.config.ts", "const port: number = 4100; export default { port };"],
    ["rumkit.config.mts", "export default { port: 4100 as number };"],
    ["rumkit.config.js", "export default { port: 4100 };"],
    ["rumkit.config.mjs", "export default { port: 4100 };"],
    ["rumkit.config.json", '{ "port": 4100 }'],
  ])("is found as %s", async (name, text) => {
    await write(text, name);
    expect((await read()).config.port).toBe(4100);
  });

  test("is named by a flag or by RUMKIT_CONFIG", async () => {
    await write('{ "port": 4101 }', "a.json");
    await write('{ "port": 4102 }', "b.json");
    expect((await read({ env: { RUMKIT_CONFIG: "a.json" } })).config.port).toBe(4101);
    expect((await read({ env: { RUMKIT_CONFIG: "a.json" }, file: "b.json" })).config.port).toBe(4102);
  });

  test("means its paths from where it lies", async () => {
    await write(
      '{ "catalog": "./shop.ts", "journal": "data/counts", "sourceMaps": "maps", "spool": "kept" }',
      "a.json",
    );
    await write('{ "journal": "memory" }', "b.json");
    const { config } = await read({ file: join(folder, "a.json"), folder: tmpdir() });
    expect(config).toMatchObject({
      catalog: join(folder, "shop.ts"),
      journal: join(folder, "data/counts"),
      sourceMaps: join(folder, "maps"),
      spool: join(folder, "kept"),
    });
    expect((await read({ file: "b.json" })).config.journal).toBe("memory");
  });

  test.each([
    ["missing", "nowhere.json", undefined, "nowhere.json does not exist."],
    ["a missing module", "nowhere.ts", undefined, "nowhere.ts does not exist."],
    ["a folder", ".", undefined, "is a folder. Name a file in it."],
    ["no JSON", "a.json", "{", "a.json:1:2 is not valid JSON"],
    ["a module that throws", "throws.mjs", 'throw new Error("no");', "throws.mjs:1:7: no"],
    ["a module without a default export", "empty.mjs", "export const port = 1;", "holds no settings"],
    ["a list", "list.json", "[]", "holds no settings"],
  ])("that is %s is a fault", async (_fault, file, text, message) => {
    if (text !== undefined) await write(text, file);
    await expect(read({ file })).rejects.toThrow(message);
  });
});

describe("how a setting is written", () => {
  test("lists are separated by commas, keys have names, switches are words", async () => {
    const { config } = await read({
      env: {
        RUMKIT_ALLOWED_ORIGINS: "https://a.example, https://b.example",
        RUMKIT_WRITE_KEYS: "web=pk_0123456789abcdef,app=pk_fedcba9876543210",
        RUMKIT_SECRET_KEYS: "billing=a=b=c",
        RUMKIT_RUNTIME_METRICS: "false",
      },
      flags: { open: ["metrics", "live,collect"] },
    });
    expect(config).toMatchObject({
      allowedOrigins: ["https://a.example", "https://b.example"],
      writeKeys: [
        { name: "web", key: "pk_0123456789abcdef" },
        { name: "app", key: "pk_fedcba9876543210" },
      ],
      secretKeys: [{ name: "billing", secret: "a=b=c" }],
      runtimeMetrics: false,
      open: ["metrics", "live", "collect"],
    });
  });

  test("a limit is a number or false, wherever it is written", async () => {
    await write('{ "ratePerAddress": false }');
    const { config } = await read({ env: { RUMKIT_RATE_PER_APP: "false", RUMKIT_BURST_PER_APP: "9" } });
    expect(config).toMatchObject({ ratePerAddress: false, ratePerApp: false, burstPerApp: 9 });
    const { config: flagged } = await read({ flags: { ratePerAddress: "7" } });
    expect(flagged).toMatchObject({ ratePerAddress: 7, ratePerApp: 20_000, burstPerAddress: 500 });
  });

  test("no secret has a flag, and every other setting has a variable and a flag, or a file", () => {
    const written = SETTING_NAMES.map((name) => [name, environmentName(name), flagName(name)]);
    expect(written).toContainEqual(["headersTimeoutMs", "RUMKIT_HEADERS_TIMEOUT_MS", "headers-timeout-ms"]);
    expect(written.filter(([, , flag]) => flag === undefined)).toEqual([
      ["writeKeys", "RUMKIT_WRITE_KEYS", undefined],
      ["secretKeys", "RUMKIT_SECRET_KEYS", undefined],
      ["tokens", undefined, undefined],
      ["metricsToken", "RUMKIT_METRICS_TOKEN", undefined],
      ["liveToken", "RUMKIT_LIVE_TOKEN", undefined],
      ["adminToken", "RUMKIT_ADMIN_TOKEN", undefined],
      ["prometheusUrl", "RUMKIT_PROMETHEUS_URL", undefined],
      ["alerts", undefined, undefined],
      ["remoteWrite", undefined, undefined],
      ["remoteWriteUrl", "RUMKIT_REMOTE_WRITE_URL", undefined],
      ["remoteWritePassword", "RUMKIT_REMOTE_WRITE_PASSWORD", undefined],
      ["remoteWriteToken", "RUMKIT_REMOTE_WRITE_TOKEN", undefined],
      ["broker", "RUMKIT_BROKER", undefined],
      ["scrubPatterns", undefined, undefined],
    ]);
  });
});

describe("a configuration at fault says all of it at once", () => {
  test.each<[fault: string, sources: Partial<ConfigSources>, message: string]>([
    [
      "a misspelt variable",
      { env: { RUMKIT_PROT: "1" } },
      "Unknown environment variable RUMKIT_PROT. Did you mean RUMKIT_PORT?",
    ],
    [
      "an unknown variable",
      { env: { RUMKIT_CACHE_SIZE: "1" } },
      "Unknown environment variable RUMKIT_CACHE_SIZE.",
    ],
    [
      "a word for a number",
      { env: { RUMKIT_PORT: "auto" } },
      'port (RUMKIT_PORT): must be a whole number from 0 to 65535 (got "auto")',
    ],
    ["a number out of range", { flags: { port: "70000" } }, "port (command line): must be a whole number"],
    ["half a number", { env: { RUMKIT_DRAIN_DELAY_MS: "1.5" } }, "drainDelayMs (RUMKIT_DRAIN_DELAY_MS)"],
    [
      "an invalid limit",
      { env: { RUMKIT_RATE_PER_ADDRESS: "0" } },
      "ratePerAddress (RUMKIT_RATE_PER_ADDRESS): must be a whole number from 1 to 1000000, or false",
    ],
    ["a limit that is a word", { flags: { ratePerApp: "none" } }, "from 1 to 1000000, or false"],
    ["no room for a series", { flags: { seriesPerSide: "0" } }, "seriesPerSide (command line): must be"],
    ["an unknown word", { env: { RUMKIT_UNKNOWN_NAMES: "fold" } }, "unknownNames (RUMKIT_UNKNOWN_NAMES)"],
    ["an unknown scope", { flags: { open: ["everything"] } }, "open.0 (command line)"],
    ["a key without a name", { env: { RUMKIT_WRITE_KEYS: "pk_0123456789abcdef" } }, "writeKeys.0"],
  ])("%s", async (_fault, sources, message) => {
    await expect(read(sources)).rejects.toThrow(message);
  });

  test("with the name that is meant for a misspelt one in the file, also within a key", async () => {
    await write(
      '{ "allowedOrigin": [],\n"writeKeys": [{ "name": "a", "key": "b", "origin": [] }],\n "port": "x" }',
    );
    const fault = await read().catch((error: Error) => error.message);
    expect(fault).toContain("Unknown setting allowedOrigin. Did you mean allowedOrigins?");
    expect(fault).toContain("Unknown key origin. Did you mean origins?");
    expect(fault).toContain(`port (${join(folder, "rumkit.config.json")}:3)`);
  });

  test("with the choices of a setting that is one of several words", async () => {
    await expect(read({ env: { RUMKIT_ENVIRONMENT: "prod" } })).rejects.toThrow(
      'environment (RUMKIT_ENVIRONMENT): must be development or production (got "prod").',
    );
    await expect(read({ env: { RUMKIT_OPEN: "all" } })).rejects.toThrow(
      "open.0 (RUMKIT_OPEN): must be collect, metrics, live or alerts.",
    );
  });

  test("but not for the byte order mark of an editor", async () => {
    await write('\uFEFF{ "port": 4001 }');
    expect((await read()).config.port).toBe(4001);
    await write('\uFEFF{ "port": x }');
    await expect(read()).rejects.toThrow(":1:11 is not valid JSON: Unexpected token 'x'.");
  });

  test.each([
    ['{ "port": 4000,\n  "host": localhost }', ":2:11 is not valid JSON: Unexpected token 'l'."],
    ['{\n  "port": 4000,\n}', ":3:1 is not valid JSON: Expected double-quoted property name."],
    ["{ port: 4000 }", ":1:3 is not valid JSON"],
    ['{ "port": 4000,\n', ":2:1 is not valid JSON"],
    ['{ "port": x }', ":1:11 is not valid JSON: Unexpected token 'x'."],
    ["", ":1:1 is not valid JSON: Unexpected end of JSON input."],
  ])("with line and column where the file is not JSON: %j", async (text, message) => {
    await write(text);
    await expect(read()).rejects.toThrow(`${join(folder, "rumkit.config.json")}${message}`);
  });

  test("and never repeats a secret", async () => {
    const secret = "a-secret-without-its-name";
    const fault = await read({ env: { RUMKIT_SECRET_KEYS: secret } }).catch((error: Error) => error.message);
    expect(fault).toContain("secretKeys.0");
    expect(fault).not.toContain(secret);
  });

  test.each(["RUMKIT_SECRET_KEYS", "RUMKIT_WRITE_KEYS"])(
    "nor one of base64 in %s for a name",
    async (variable) => {
      for (const padding of ["", "=", "=="]) {
        const secret = `c2VjcmV0LXdpdGhvdXQtaXRzLW5hbWU${padding}`;
        const fault = await read({ env: { [variable]: secret } }).catch((error: Error) => error.message);
        expect(fault).toContain("Keys.0");
        expect(fault).not.toContain(secret.slice(0, 8));
      }
    },
  );

  test("nor one that stands beside invalid JSON, wherever that is", async () => {
    const secret = "S3CR3T-0123456789";
    const text = JSON.stringify(
      { release: "1", adminToken: secret, metricsToken: `${secret}-2` },
      undefined,
      1,
    );
    for (let at = 0; at < text.length; at += 1) {
      for (const wrong of ["'", "x", "\n", "}", ","]) {
        await write(text.slice(0, at) + wrong + text.slice(at), "rumkit.config.json");
        const fault = await read({}).then(
          () => "",
          (error: Error) => error.message,
        );
        expect(fault).not.toMatch(/S3C|CR3|0123|6789/);
      }
    }
  });
});

describe("a secret in a separate file", () => {
  const SECRET = "0123456789abcdef-of-somebody";

  /** The environment of a file with this text, which the variable names. */
  async function inFile(variable: string, text: string): Promise<Record<string, string>> {
    await write(text, "secret");
    return { [variable]: join(folder, "secret") };
  }

  test.each([
    ["one line", SECRET],
    ["a line feed at its end", `${SECRET}\n`],
    ["the line end of Windows", `${SECRET}\r\n`],
  ])("is read with %s", async (_what, text) => {
    const { config, sources } = await read({ env: await inFile("RUMKIT_METRICS_TOKEN_FILE", text) });
    expect(config.metricsToken).toBe(SECRET);
    expect(sources["metricsToken"]).toBe("RUMKIT_METRICS_TOKEN_FILE");
  });

  test("has its keys in lines, or between commas", async () => {
    const env = await inFile("RUMKIT_SECRET_KEYS_FILE", `billing=${SECRET}\nmail=${SECRET},jobs=${SECRET}\n`);
    const { config } = await read({ env });
    expect(config.secretKeys.map(({ name }) => name)).toEqual(["billing", "mail", "jobs"]);
    expect(config.secretKeys.every(({ secret }) => secret === SECRET)).toBe(true);
  });

  test("can be every secret, and nothing else", () => {
    expect(SETTING_NAMES.flatMap((name) => secretFileName(name) ?? [])).toEqual([
      "RUMKIT_WRITE_KEYS_FILE",
      "RUMKIT_SECRET_KEYS_FILE",
      "RUMKIT_METRICS_TOKEN_FILE",
      "RUMKIT_LIVE_TOKEN_FILE",
      "RUMKIT_ADMIN_TOKEN_FILE",
      "RUMKIT_PROMETHEUS_URL_FILE",
      "RUMKIT_REMOTE_WRITE_URL_FILE",
      "RUMKIT_REMOTE_WRITE_PASSWORD_FILE",
      "RUMKIT_REMOTE_WRITE_TOKEN_FILE",
      "RUMKIT_BROKER_FILE",
    ]);
  });

  test("beats the configuration's file, and no variable names none", async () => {
    await write(`{ "adminToken": "another-secret-of-somebody" }`);
    const env = await inFile("RUMKIT_ADMIN_TOKEN_FILE", SECRET);
    expect((await read({ env })).config.adminToken).toBe(SECRET);
    expect((await read({ env: { RUMKIT_ADMIN_TOKEN_FILE: "" } })).config.adminToken).toBe(
      "another-secret-of-somebody",
    );
  });

  test.each<[fault: string, text: string, message: RegExp]>([
    ["is empty", "", /RUMKIT_LIVE_TOKEN_FILE names is empty/],
    ["holds a line feed only", "\n", /RUMKIT_LIVE_TOKEN_FILE names is empty/],
    ["holds two lines", `${SECRET}\n${SECRET}\n`, /RUMKIT_LIVE_TOKEN_FILE names has 2 lines/],
    ["is not a file of secrets", SECRET.repeat(3_000), /RUMKIT_LIVE_TOKEN_FILE names has more than 64 KiB/],
  ])("is a fault where it %s", async (_fault, text, message) => {
    const fault = await read({ env: await inFile("RUMKIT_LIVE_TOKEN_FILE", text) }).catch(String);
    expect(fault).toMatch(message);
    expect(fault).not.toContain(SECRET);
  });

  test("is a fault where it is missing, is a folder, or is the secret itself, which is never shown", async () => {
    for (const [path, code] of [
      [join(folder, "nowhere"), "ENOENT"],
      [folder, "EISDIR"],
      [SECRET, "ENOENT"],
    ] as const) {
      const fault = await read({ env: { RUMKIT_ADMIN_TOKEN_FILE: path } }).catch(String);
      expect(fault).toContain(`The file that RUMKIT_ADMIN_TOKEN_FILE names cannot be read: ${code}.`);
      expect(fault).not.toContain(path);
    }
  });

  test("is a fault where the variable without _FILE is set as well", async () => {
    const env = { ...(await inFile("RUMKIT_LIVE_TOKEN_FILE", SECRET)), RUMKIT_LIVE_TOKEN: SECRET };
    const fault = await read({ env }).catch(String);
    expect(fault).toContain("RUMKIT_LIVE_TOKEN and RUMKIT_LIVE_TOKEN_FILE are both set");
    expect(fault).not.toContain(SECRET);
  });
});

test("patterns of what is personal are expressions in a module, and their source in JSON", async () => {
  await write('export default { scrubPatterns: [/order-\\d+/i, "customer-[0-9]+"] };', "patterns.mjs");
  const { config } = await read({ file: "patterns.mjs" });
  expect(config.scrubPatterns).toEqual([/order-\d+/i, /customer-[0-9]+/]);
  await write('{ "scrubPatterns": ["("] }', "wrong.json");
  await expect(read({ file: "wrong.json" })).rejects.toThrow("is not a regular expression");
});

test("what is printed has every setting, its source, and no secret", async () => {
  await write(
    JSON.stringify({
      tokens: [{ name: "grafana", secret: "secret-of-grafana", scopes: ["metrics", "live"] }],
      secretKeys: [{ name: "billing", sha256: "ab".repeat(32) }],
      writeKeys: [{ name: "web", key: "pk_0123456789abcdef" }],
    }),
  );
  const text = renderConfig(await read({ env: { RUMKIT_ADMIN_TOKEN: "secret-of-the-admin" } }));
  expect(text.split("\n")).toHaveLength(SETTING_NAMES.length + 1);
  expect(text).toMatch(/^tokens +grafana=\(set\) for metrics and live +\S+rumkit\.config\.json$/m);
  expect(text).toMatch(/^secretKeys +billing=\(set\)/m);
  expect(text).toMatch(/^writeKeys +web=pk_0123456789abcdef/m);
  expect(text).toMatch(/^adminToken +\(set\) +RUMKIT_ADMIN_TOKEN$/m);
  expect(text).not.toMatch(/secret-of|abab/);
});

test.each(Object.getOwnPropertyNames(Object.prototype))(
  "a setting that is called %s is refused, and nothing of it is taken",
  async (name) => {
    await write(`{ "${name}": { "adminToken": "taken" } }`);
    await expect(read({ env: { RUMKIT_CATALOG: "catalog.ts" } })).rejects.toThrow(`Unknown setting ${name}`);
  },
);

describe("alerts", () => {
  const SECRET = "https://hooks.slack.example/services/hidden-secret";

  test("come from the file, with secrets from files beside it and from the environment", async () => {
    await writeFile(join(folder, "slack"), `${SECRET}\n`);
    await write(
      '{ "alerts": { "receivers": { "chat": { "type": "slack", "url": { "file": "./slack" } } } } }',
    );
    const found = await read();
    expect(found.config.alerts).toEqual({
      receivers: { chat: { type: "slack", url: { file: join(folder, "slack") } } },
    });
    const printed = renderConfig(found);
    expect(printed).toMatch(/^alerts +receivers chat \(slack\) /m);
    expect(printed).not.toContain("hidden-secret");
  });

  test("with faults are refused all at once, each with its line and without secrets", async () => {
    await write(`{
  "alerts": {
    "receivers": {
      "chat": { "type": "slak", "url": "${SECRET}" },
      "oncall": { "type": "slack", "url": { "env": "NOT_SET_ANYWHERE" } }
    },
    "routes": [{ "receivers": ["chatt"] }],
    "muteTimes": { "nights": { "zone": "Europe/Berln", "from": "22:00", "to": "06:00" } }
  }
}`);
    const error = await read().then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    const file = join(folder, "rumkit.config.json");
    for (const fault of [
      `alerts.receivers.chat.type (${file}:4): must be`,
      `alerts.receivers.oncall.url (${file}:5): names the variable "NOT_SET_ANYWHERE", which is not set.`,
      `alerts.routes.0.receivers.0 (${file}:7): must be the name of a receiver`,
      'Did you mean "chat"?',
      `alerts.muteTimes.nights.zone (${file}:8): must be an IANA time zone`,
    ])
      expect(error?.message).toContain(fault);
    expect(error?.message).not.toContain("hidden-secret");
  });

  test("are off with false, and shown on the live page without a setting", async () => {
    await write('{ "alerts": false }');
    expect((await read()).config.alerts).toBe(false);
    await write("{}", "empty.json");
    expect((await read({ file: "empty.json" })).config.alerts).toBeUndefined();
  });
});

describe("a role", () => {
  const BROKER = "nats://shop:hidden-secret@10.0.0.5:4222?token=hidden-token";

  test.each([
    ["edge", { role: "edge" }],
    ["aggregate", { role: "aggregate", name: "aggregate-0" }],
    ["live", { role: "live", name: "live-1" }],
  ])("%s starts with its settings", async (role, flags) => {
    const { config } = await read({ flags, env: { RUMKIT_BROKER: BROKER } });
    expect(config).toMatchObject({ role, broker: BROKER, brokerMonitor: [], allowUnsafeBroker: false });
    expect(config).toMatchObject({ spool: "./rumkit.spool", maxSpoolBytes: 1_073_741_824 });
  });

  test.each<[fault: string, sources: Partial<ConfigSources>, message: string]>([
    ["without a log", { flags: { role: "edge" } }, "The role edge needs the address of the log: set broker"],
    ["of another name", { flags: { role: "edges" } }, "role (command line): "],
    [
      "beside a log that it does not use",
      { env: { RUMKIT_BROKER: BROKER } },
      "broker is set, and the role all does not use it",
    ],
    [
      "with an address of another engine",
      { env: { RUMKIT_BROKER: "amqp://10.0.0.5" } },
      "broker (RUMKIT_BROKER): ",
    ],
    ["with a name of several words", { flags: { name: "one two" } }, "name (command line): must be 1 to 63"],
    ["with too many partitions", { flags: { brokerPartitions: "2000" } }, "from 1 to 1024"],
    [
      "with a monitor whose address has no scheme",
      { env: { RUMKIT_BROKER_MONITOR: "10.0.0.5:8222" } },
      "brokerMonitor.0 (RUMKIT_BROKER_MONITOR): is not an address",
    ],
    ["with a small spool", { flags: { maxSpoolBytes: "1024" } }, "maxSpoolBytes (command line): "],
  ])("%s is refused", async (_fault, sources, message) => {
    const fault = await read(sources).catch((error: Error) => error.message);
    expect(fault).toContain(message);
    expect(fault).not.toMatch(/hidden/);
  });

  test("without name, log and disk is refused with all of that at once", async () => {
    const fault = await read({ flags: { role: "aggregate", journal: "memory" } }).catch(String);
    expect(fault).toContain("The role aggregate needs the address of the log");
    expect(fault).toContain("The role aggregate needs a name that stays the same after a restart");
    expect(fault).toContain("The role aggregate keeps its position in the log with its counts");
  });

  test("is printed with the address of its log, without user, password and query", async () => {
    const text = renderConfig(await read({ flags: { role: "edge" }, env: { RUMKIT_BROKER: BROKER } }));
    expect(text).toMatch(/^broker +nats:\/\/\(set\)@10\.0\.0\.5:4222 +RUMKIT_BROKER$/m);
    expect(text).not.toMatch(/hidden|shop/);
  });

  test("is printed without the password of each of several servers", async () => {
    const env = { RUMKIT_BROKER: "nats://a:hidden@n1:4222,b:hid/den@n2:4222" };
    const text = renderConfig(await read({ flags: { role: "edge" }, env }));
    expect(text).toMatch(/^broker +nats:\/\/\(set\)@n2:4222 /m);
    expect(text).not.toMatch(/hid/);
  });
});
