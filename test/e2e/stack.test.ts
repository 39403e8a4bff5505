/**
 * The stack of deploy/compose.yaml without a container engine: the file sets that deploy/Dockerfile makes
 * and its commands, with Debian's PostgreSQL, postgres_exporter, Prometheus and Alertmanager in the place of their images, and the
 * configuration as it is committed. Host names, ports and the paths of volumes are mapped, and nothing else.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { dashboardExpressions } from "rumkit/generate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EMPTY } from "../support/boards/emptyQueries.ts";
import { dashboardsOf } from "../support/boards/generatedBoards.ts";
import { fillVariables, interpolate } from "../support/boards/grafanaVariables.ts";
import { reportLongTask } from "../support/boards/longTask.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { freePort } from "../support/freePort.ts";
import { openQueryApi, type QueryApi } from "../support/queryApi.ts";
import { readCompose, readMount } from "../support/stack/compose.ts";
import { buildImage, type Image } from "../support/stack/buildImage.ts";
import { type Container, startContainer } from "../support/stack/container.ts";
import { ROOT } from "../support/stack/dockerfile.ts";
import { type RunningPostgres, startPostgres } from "../support/postgres.ts";
import { type Started, startProgram } from "../support/started.ts";

const DEPLOY = join(ROOT, "deploy");

/** Debian's `nobody`, whose files a service reads that is not ours. */
const NODE = 1_000;

/** Bytes that an image may have beside its base: twice what it has. */
const MOST_BYTES = 80_000_000;

const { services } = readCompose("compose.yaml");

/** A process of a container engine needs these; a user other than root, or a container without the right, cannot have them. */
const isolation = spawnSync("unshare", ["--mount", "--pid", "--fork", "mount", "--make-rprivate", "/"]);
if (isolation.status !== 0)
  console.warn(
    `Images are not run: unshare failed. ${isolation.error?.message ?? isolation.stderr.toString()}`,
  );
const stackTest = test.skipIf(isolation.status !== 0);

const folder = mkdtempSync(join(tmpdir(), "rumkit-stack-"));
// Processes of another user look into it.
chmodSync(folder, 0o755);

/** The host's `host:port` by that of the network of containers. */
const places = new Map<string, string>();
const mapped = (text: string): string =>
  [...places].reduce((all, [name, place]) => all.replaceAll(name, place), text);

/** The folder of a volume, and the committed file of a bind mount. */
const sourceOf = (source: string): string =>
  source.startsWith(".") ? join(DEPLOY, source) : join(folder, "volumes", source);

/** Simulated visitors do neither. truth.test.ts has their data, of a real browser. */
const ONLY_IN_BROWSERS = ["business: Forms per minute C", "errors: Rage, dead and error clicks per minute C"];

let images: Record<"shop" | "collector", Image>;
let postgres: RunningPostgres;
let databasePort: number;
const running: (Container | Started)[] = [];
const containers: Record<string, Container> = {};
let prometheus: QueryApi;

/** Starts a service that is an image of ours. */
async function startOurs(
  name: string,
  more: { env?: Record<string, string>; args?: string[] } = {},
): Promise<Container> {
  const { build, command, environment = {}, volumes = [], user } = services[name]!;
  const image = images[build!.target as keyof typeof images];
  const container = startContainer(image, {
    uid: user === undefined ? NODE : Number(user.split(":")[0]),
    mounts: volumes.map(readMount).map((mount) => ({ ...mount, source: sourceOf(mount.source) })),
    env: Object.fromEntries(
      Object.entries({ ...environment, ...more.env }).map(([key, value]) => [key, mapped(value)]),
    ),
    command: [...(command ?? image.command), ...(more.args ?? [])].map(mapped),
  });
  running.push(container);
  containers[name] = container;
  return container;
}

beforeAll(async () => {
  images = { shop: buildImage("shop", folder), collector: buildImage("collector", folder) };
  for (const name of [
    "shop:4000",
    "collector:4000",
    "postgres-exporter:9187",
    "alertmanager:9093",
    "localhost:9090",
  ])
    places.set(name, `127.0.0.1:${await freePort()}`);
  for (const name of ["secrets", "journal", "alertmanager"]) mkdirSync(sourceOf(name), { recursive: true });
  // As the volume of an image's folder that belongs to its user.
  chownSync(sourceOf("journal"), NODE, NODE);

  expect(await (await startOurs("secrets")).ended).toBe(0);
  await startDatabase();
  const origin = (name: string): string => `http://${places.get(`${name}:4000`)}`;
  const portOf = (name: string): string => new URL(`http://${places.get(name)}`).port;
  await startOurs("shop", { env: { HOST: "127.0.0.1", PORT: portOf("shop:4000") } });
  await startOurs("collector", {
    env: { RUMKIT_PORT: portOf("collector:4000"), RUMKIT_ALLOWED_ORIGINS: origin("shop") },
  });
  for (const name of ["shop", "collector"])
    await expectSoon(
      async () =>
        (await fetch(`${origin(name)}/readyz`).catch(() => undefined))?.status ?? containers[name]!.output(),
    ).toBe(200);
  await startMonitoring();
  // Times faster than people: a board needs an order that was paid back.
  await startOurs("load", { args: ["--pace", "5"] });
});

afterAll(async () => {
  for (const each of running.toReversed()) await each.stop();
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

/** PostgreSQL, with the roles that the committed script creates. */
async function startDatabase(): Promise<void> {
  const [, ...args] = services["postgres"]!.command!;
  const port = await freePort();
  databasePort = port;
  places.set("postgres:5432", `127.0.0.1:${port}`);
  postgres = await startPostgres({ port, args });
  const client = new pg.Client({ ...postgres.connection, port });
  await client.connect();
  await client.query("CREATE DATABASE shop");
  await client.end();
  const env = { ...process.env, PGHOST: postgres.connection.host, PGPORT: String(port) };
  const secrets = sourceOf("secrets");
  execFileSync(join(DEPLOY, "postgres/createRoles.sh"), { env: { ...env, SECRETS: secrets }, stdio: "pipe" });
}

async function startMonitoring(): Promise<void> {
  const config = join(folder, "prometheus");
  for (const mount of services["prometheus"]!.volumes!.map(readMount)) {
    const place = mount.path.replace("/etc/prometheus", config);
    if (place === mount.path) continue;
    cpSync(sourceOf(mount.source), place, { recursive: true });
  }
  writeFileSync(join(config, "prometheus.yml"), mapped(readFileSync(join(config, "prometheus.yml"), "utf8")));

  const alerting = services["alertmanager"]!;
  await startTheirs(
    "ALERTMANAGER_PATH",
    "alertmanager",
    alerting.command!,
    /Listening on|msg=Listening/,
    {
      "/etc/alertmanager/alertmanager.yml": join(DEPLOY, "alertmanager.yml"),
      "/alertmanager": sourceOf("alertmanager"),
    },
    `--web.listen-address=${places.get("alertmanager:9093")}`,
  );
  const exporter = services["postgres-exporter"]!;
  await startTheirs(
    "POSTGRES_EXPORTER_PATH",
    "prometheus-postgres-exporter",
    exporter.command!,
    /Listening on/,
    {
      "/etc/postgres-exporter/queries.yaml": join(DEPLOY, "postgres/queries.yaml"),
      "/secrets": sourceOf("secrets"),
    },
    `--web.listen-address=${places.get("postgres-exporter:9187")}`,
    exporter.environment,
  );
  await startTheirs(
    "PROMETHEUS_PATH",
    "prometheus",
    services["prometheus"]!.command!,
    /Server is ready to receive web requests/,
    {
      "/etc/prometheus": config,
      "/prometheus": join(folder, "prometheus-data"),
    },
    `--web.listen-address=${places.get("localhost:9090")}`,
  );
  prometheus = openQueryApi(`http://${places.get("localhost:9090")}`);
}

/** Starts Debian's program with the arguments that the compose file gives to the image's. */
async function startTheirs(
  variable: string,
  program: string,
  args: readonly string[],
  ready: RegExp,
  paths: Readonly<Record<string, string>>,
  listen: string,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const local = (text: string): string => {
    const [, before = "", path = ""] = /^(.*?=)?(\/.*)$/.exec(text) ?? [];
    const mount = Object.keys(paths).find((each) => path === each || path.startsWith(`${each}/`));
    return mount === undefined ? mapped(text) : before + paths[mount] + path.slice(mount.length);
  };
  const started = await startProgram(process.env[variable] ?? program, [...args.map(local), listen], {
    ready,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, local(value)])),
  });
  running.push(started);
}

describe("the images", () => {
  stackTest.each(["shop", "collector"] as const)(
    "%s: has what runs, no sources of packages, tests or tools, and is small",
    (target) => {
      const { app } = images[target];
      const own = execFileSync("find", [app, "-type", "f", "-not", "-path", "*/node_modules/*"], {
        encoding: "utf8",
      })
        .trim()
        .split("\n")
        .map((file) => file.slice(app.length + 1));
      expect(own).toContain("packages/server/dist/index.js");
      // What scanners of an image read.
      expect(own).toContain("pnpm-lock.yaml");
      expect(own.filter((file) => /\.test\.|(?:^|\/)src\/|\.tsx$/.test(file))).toEqual([]);
      const installed = readdirSync(join(app, "node_modules/.pnpm"));
      expect(
        installed.filter((name) => /^(?:typescript|vite|vitest|esbuild|oxlint|playwright|node)@/.test(name)),
      ).toEqual([]);
      const [bytes = ""] = execFileSync("du", ["-sb", app], { encoding: "utf8" }).split("\t");
      expect(Number(bytes)).toBeLessThan(MOST_BYTES);
    },
  );

  stackTest("the root file system of a process cannot be written to, and its user is not root", async () => {
    const command = [
      "sh",
      "-c",
      "id -u; cat /proc/1/comm; for place in /app /usr /x; do touch $place/y || true; done",
    ];
    const probe = startContainer(images.collector, { command });
    expect(await probe.ended).toBe(0);
    const [uid, first, ...faults] = probe.output().trim().split("\n");
    expect([uid, first]).toEqual([String(NODE), "sh"]);
    expect(faults).toHaveLength(3);
  });

  stackTest.each(["shop", "collector"] as const)(
    "%s: the health check of the Dockerfile answers",
    async (target) => {
      const check = images[target].healthcheck.map((word) =>
        word.replace("127.0.0.1:4000", places.get(`${target}:4000`)!),
      );
      expect(await startContainer(images[target], { command: check }).ended).toBe(0);
      const nowhere = images[target].healthcheck.map((word) => word.replace("127.0.0.1:4000", "127.0.0.1:1"));
      expect(await startContainer(images[target], { command: nowhere }).ended).toBe(1);
    },
  );
});

stackTest("every target is up, the rules are evaluated, and Alertmanager is known", async () => {
  const up = async () =>
    Object.fromEntries(
      (await prometheus.query("up")).map(({ labels, value }) => [
        `${labels["job"]} ${labels["instance"]}`,
        value,
      ]),
    );
  await expectSoon(up).toEqual({
    [`shop ${places.get("shop:4000")}`]: 1,
    [`shop ${places.get("collector:4000")}`]: 1,
    [`postgres ${places.get("postgres-exporter:9187")}`]: 1,
    [`prometheus ${places.get("localhost:9090")}`]: 1,
    [`alertmanager ${places.get("alertmanager:9093")}`]: 1,
  });
  const { data } = (await prometheus.ask("alertmanagers")) as {
    data: { activeAlertmanagers: { url: string }[] };
  };
  expect(data.activeAlertmanagers.map(({ url }) => url)).toEqual([
    `http://${places.get("alertmanager:9093")}/api/v2/alerts`,
  ]);
  const rules = async () => {
    const {
      data: { groups },
    } = (await prometheus.ask("rules")) as { data: { groups: { rules: { health: string }[] }[] } };
    return [...new Set(groups.flatMap((group) => group.rules.map(({ health }) => health)))];
  };
  await expectSoon(rules).toEqual(["ok"]);
});

stackTest(
  "the collector counts what visitors of the shop report, and asks for a token before it shows it",
  async () => {
    const metrics = `http://${places.get("collector:4000")}/metrics`;
    expect((await fetch(metrics)).status).toBe(401);
    const counted = `sum(rum_sessions_total{instance="${places.get("collector:4000")}"}) > bool 0`;
    await expectSoon(async () => (await prometheus.query(counted))[0]?.value).toBe(1);
  },
);

stackTest("every board has data", async () => {
  const shop = `http://${places.get("shop:4000")}`;
  await (await fetch(`${shop}/api/advice`)).text();
  await expectSoon(() => reportLongTask(shop)).toBe(true);
  const boards = dashboardsOf("shop");
  expect(boards.length).toBeGreaterThan(9);
  const empty = async () => {
    const names = [];
    for (const { name, json } of boards) {
      const variables = await fillVariables(json as never, prometheus, { job: "shop" });
      for (const { panel, refId, expr } of dashboardExpressions(json)) {
        if (expr.includes("offset 1w")) continue;
        const results = await prometheus.query(interpolate(expr, variables));
        if (!results.some(({ value }) => Number.isFinite(value))) names.push(`${name}: ${panel} ${refId}`);
      }
    }
    return names.filter((name) => !(name in EMPTY) && !ONLY_IN_BROWSERS.includes(name));
  };
  await expectSoon(empty).toEqual([]);
});

stackTest(
  "postgres_exporter answers the queries of queries.yaml, as a role that reads statistics alone",
  async () => {
    const text = await (await fetch(`http://${places.get("postgres-exporter:9187")}/metrics`)).text();
    const queries = [
      ...readFileSync(join(DEPLOY, "postgres/queries.yaml"), "utf8").matchAll(/^(pg_\w+):$/gm),
    ].map(([, name]) => name!);
    expect(queries.length).toBeGreaterThan(7);
    for (const name of queries) expect(text).toContain(`\n${name}_`);
    expect(text).toMatch(/^pg_table_size_data_bytes\{.*relname="orders".*\} [1-9]/m);
    expect(text).toMatch(/^pg_exporter_last_scrape_error 0$/m);
    const client = new pg.Client({
      ...postgres.connection,
      port: databasePort,
      database: "shop",
      user: "exporter",
    });
    await client.connect();
    await expect(client.query("SELECT * FROM orders")).rejects.toThrow("permission denied");
    await client.end();
  },
);

stackTest.each(["load", "collector", "shop"])(
  "%s: process 1 ends by itself after SIGTERM, with code 0",
  async (name) => {
    expect(await containers[name]!.stop(), containers[name]!.output()).toBe(0);
  },
);
