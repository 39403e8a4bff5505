/** deploy/kubernetes: valid by the schemas, complete, and closed to all but what it is open for. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { kubernetesFiles } from "../scripts/kubernetes/manifests.ts";
import { ROOT } from "./support/stack/dockerfile.ts";
import {
  buildKustomization,
  faultsOf,
  type KubernetesObject,
  KUBERNETES,
} from "./support/stack/kubernetes.ts";

const FOLDERS = [
  "base",
  "overlays/gateway",
  "overlays/ingress",
  "overlays/demo",
  "overlays/cluster",
  "load-test",
];
const everything = [
  ...buildKustomization(join(KUBERNETES, "overlays/demo")).objects,
  ...buildKustomization(join(KUBERNETES, "overlays/ingress")).objects,
  ...buildKustomization(join(KUBERNETES, "overlays/cluster")).objects,
  ...buildKustomization(join(KUBERNETES, "load-test")).objects,
];
const written = everything.filter(
  ({ kind, metadata }) => !(kind === "ConfigMap" && !metadata.name.startsWith("rumkit-")),
);
const unique = [
  ...new Map(written.map((object) => [`${object.kind} ${object.metadata.name}`, object])).entries(),
];

function find(kind: string, name: string): KubernetesObject {
  return unique.find(([key]) => key === `${kind} ${name}`)![1];
}

interface PodSpec {
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly volumes: readonly { readonly name: string }[];
  readonly topologySpreadConstraints?: readonly object[];
  readonly containers: readonly {
    readonly securityContext: Readonly<Record<string, unknown>>;
    readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
    readonly volumeMounts: readonly { readonly name: string }[];
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
  }[];
}

const pods = unique.flatMap(([key, { spec }]) => {
  const template = spec?.["template"] as { spec: PodSpec } | undefined;
  return template ? [[key, template.spec] as const] : [];
});

it("is what scripts/kubernetes writes: `npm run generate` brings it up to date", () => {
  for (const [name, text] of kubernetesFiles())
    expect(readFileSync(join(ROOT, name), "utf8"), name).toBe(text);
});

it.each(FOLDERS)("%s: every reference of the kustomization is there, and every file is in it", (folder) => {
  expect(buildKustomization(join(KUBERNETES, folder)).faults).toEqual([]);
});

describe("the schemas", () => {
  it.each(unique)("%s is valid", (_key, object) => {
    expect(faultsOf(object)).toEqual([]);
  });

  it.each<[string, string, string, (object: { spec: never }) => void, string]>([
    [
      "a misspelled field",
      "StatefulSet",
      "collector",
      ({ spec }: { spec: Record<string, unknown> }) => (spec["replica"] = 1),
      "/spec/replica is unknown",
    ],
    [
      "a text for a number",
      "StatefulSet",
      "collector",
      ({ spec }: { spec: Record<string, unknown> }) => (spec["replicas"] = "1"),
      "replicas",
    ],
    [
      "a limit of another name",
      "ServiceMonitor",
      "rumkit-shop",
      ({ spec }: { spec: Record<string, unknown> }) => (spec["sampleLimits"] = 1),
      "/spec/sampleLimits is unknown",
    ],
    [
      "a size without its unit",
      "ServiceMonitor",
      "rumkit-shop",
      ({ spec }: { spec: Record<string, unknown> }) => (spec["bodySizeLimit"] = "12 megabytes"),
      "bodySizeLimit",
    ],
    [
      "no group of rules",
      "PrometheusRule",
      "rumkit-shop",
      ({ spec }: { spec: Record<string, unknown> }) => (spec["groups"] = [{}]),
      "groups",
    ],
    [
      "a timeout in words",
      "HTTPRoute",
      "collector",
      ({ spec }: { spec: { rules: { timeouts: object }[] } }) =>
        (spec.rules[0]!.timeouts = { request: "long" }),
      "request",
    ],
    [
      "no port",
      "Service",
      "collector",
      ({ spec }: { spec: { ports: object[] } }) => spec.ports.push({ name: "x" }),
      "port",
    ],
  ] as never)("refuse %s of a %s", (_fault, kind, name, change, reason) => {
    const object = structuredClone(find(kind, name)) as unknown as { spec: never };
    change(object);
    expect(faultsOf(object as never).join("\n")).toContain(reason);
  });
});

describe("every pod", () => {
  it.each(pods)("%s keeps to Pod Security's level restricted", (_key, pod) => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const { securityContext, resources } of pod.containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(Object.keys(resources.requests)).toEqual(["cpu", "memory"]);
      expect(resources.limits.memory).toMatch(/^\d+[MG]i$/);
    }
  });

  it.each(pods)("%s mounts volumes that it has, and has no secret in its manifest", (_key, pod) => {
    const object = { ...pod } as PodSpec;
    for (const { volumeMounts, env = [] } of object.containers) {
      const claimed = ["journal", "data", "state"];
      for (const { name } of volumeMounts)
        expect([...object.volumes.map((each) => each.name), ...claimed]).toContain(name);
      for (const { name, value = "" } of env)
        if (/TOKEN|KEY|PASS/.test(name)) expect(value, name).toMatch(/^\/(?:run\/)?secrets\//);
    }
  });
});

it("the collector has one journal for each pod, and time to end", () => {
  const { spec } = find("StatefulSet", "collector") as unknown as {
    spec: { volumeClaimTemplates: { spec: { accessModes: string[] } }[]; template: { spec: PodSpec } };
  };
  expect(spec.volumeClaimTemplates[0]!.spec.accessModes).toEqual(["ReadWriteOncePod"]);
  const env = Object.fromEntries(
    spec.template.spec.containers[0]!.env!.map(({ name, value }) => [name, value]),
  );
  const needed = Number(env["RUMKIT_DRAIN_DELAY_MS"]) / 1_000 + 5;
  expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(needed);
  const doc = readFileSync(join(ROOT, "docs/serve.md"), "utf8");
  for (const name of Object.keys(env)) expect(doc).toContain(`\`${name.replace(/_FILE$/, "")}\``);
});

it("the shop and the edges are scaled, which count nothing: a second collector would be a second journal", () => {
  const scaled = unique.filter(([, { kind }]) => kind === "HorizontalPodAutoscaler");
  expect(scaled.map(([, { spec }]) => spec!["scaleTargetRef"])).toEqual([
    { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
    { apiVersion: "apps/v1", kind: "Deployment", name: "edge" },
  ]);
});

describe("the cluster", () => {
  const roles = [
    ["edge", "Deployment"],
    ["aggregate", "StatefulSet"],
    ["live", "StatefulSet"],
  ] as const;
  const podOf = (kind: string, name: string): PodSpec =>
    (find(kind, name).spec as unknown as { template: { spec: PodSpec } }).template.spec;

  it.each(roles)("%s: reads its settings from variables that docs/serve.md names", (role, kind) => {
    const env = podOf(kind, role).containers[0]!.env!;
    const doc = readFileSync(join(ROOT, "docs/serve.md"), "utf8");
    for (const { name } of env) expect(doc).toContain(`\`${name.replace(/_FILE$/, "")}\``);
    expect(env).toContainEqual({ name: "RUMKIT_ROLE", value: role });
    const isNamed = env.some(({ name }) => name === "RUMKIT_NAME");
    expect(isNamed).toBe(role !== "edge");
  });

  it.each(roles)("%s: has time to drain before it is killed, on a volume of one pod", (role, kind) => {
    const pod = podOf(kind, role);
    const value = (name: string): number =>
      Number(pod.containers[0]!.env!.find((each) => each.name === name)!.value);
    const needed = (value("RUMKIT_DRAIN_DELAY_MS") + value("RUMKIT_DRAIN_TIMEOUT_MS")) / 1_000 + 5;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(needed);
    const { spec } = find(kind, role);
    expect(JSON.stringify([pod.volumes, spec!["volumeClaimTemplates"]])).toContain('["ReadWriteOncePod"]');
  });

  it("an aggregator keeps its name and its volume when it is gone for a while", () => {
    const { spec } = find("StatefulSet", "aggregate");
    expect(spec).toMatchObject({
      replicas: 3,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    });
    expect(podOf("StatefulSet", "aggregate").containers[0]!.env).toContainEqual({
      name: "RUMKIT_NAME",
      valueFrom: { fieldRef: { fieldPath: "metadata.name" } },
    });
  });

  it("every role is scraped as the app, and may be drained from a node one by one", () => {
    const { spec } = find("ServiceMonitor", "rumkit-shop");
    const { matchLabels } = spec!["selector"] as { matchLabels: object };
    for (const [role, kind] of roles) {
      expect(find("Service", role).metadata).toMatchObject({ labels: matchLabels });
      expect(find("PodDisruptionBudget", role).spec).toMatchObject({ maxUnavailable: 1 });
      expect(podOf(kind, role).topologySpreadConstraints).toHaveLength(1);
    }
  });

  it("pages reach the edges alone, people the live processes alone, and no request from outside the aggregators", () => {
    const { rules } = find("HTTPRoute", "rum").spec as {
      rules: { matches: { path: { value: string } }[]; backendRefs: { name: string }[] }[];
    };
    const backendsOf = (path: string): string[] =>
      rules
        .filter(({ matches }) => matches.some((each) => each.path.value === path))
        .flatMap(({ backendRefs }) => backendRefs.map(({ name }) => name));
    expect(["/collect", "/ingest", "/reports"].map(backendsOf)).toEqual([["edge"], ["edge"], ["edge"]]);
    expect(["/realtime", "/metrics/stream"].map(backendsOf)).toEqual([["live"], ["live"]]);
    const { ingress } = find("NetworkPolicy", "aggregate").spec as { ingress: { from: object[] }[] };
    expect(ingress.flatMap(({ from }) => from)).toHaveLength(1);
    expect(JSON.stringify(ingress)).toContain('"prometheus"');
  });

  it("only the three roles reach the log, and each of them does", () => {
    const { ingress } = find("NetworkPolicy", "nats").spec as { ingress: { from: object[] }[] };
    const names = roles.map(([role]) => role);
    for (const role of names) {
      expect(JSON.stringify(ingress[0])).toContain(`"${role}"`);
      expect(JSON.stringify(find("NetworkPolicy", role).spec!["egress"])).toContain('"nats"');
    }
    expect(ingress[0]!.from).toHaveLength(names.length);
  });

  it("the log keeps three copies in files, and syncs each before it acknowledges", () => {
    const { config } = parse(readFileSync(join(KUBERNETES, "values/nats.yaml"), "utf8")) as {
      config: object;
    };
    expect(config).toMatchObject({
      cluster: { enabled: true, replicas: 3 },
      jetstream: {
        enabled: true,
        fileStore: { enabled: true, pvc: { enabled: true } },
        memoryStore: { enabled: false },
        merge: { sync_interval: "always" },
      },
      monitor: { enabled: true },
    });
  });
});

/** True if a route of the Gateway API, or an Ingress, leads this path to the collector. */
function routes(path: string): boolean[] {
  const covers = (type: string, value: string): boolean =>
    path === value || (type !== "Exact" && (path.startsWith(`${value}/`) || value === "/"));
  const { rules } = find("HTTPRoute", "collector").spec as {
    rules: { matches: { path: { type: string; value: string } }[] }[];
  };
  const ingress = find("Ingress", "collector").spec as {
    rules: { http: { paths: { path: string; pathType: string }[] } }[];
  };
  return [
    rules.some(({ matches }) => matches.some(({ path: { type, value } }) => covers(type, value))),
    ingress.rules.some(({ http }) => http.paths.some((each) => covers(each.pathType, each.path))),
  ];
}

describe("the world", () => {
  const { paths } = JSON.parse(readFileSync(join(ROOT, "docs/openapi.json"), "utf8")) as {
    paths: Record<string, unknown>;
  };
  const closed = /^\/(?:metrics|healthz|readyz|api\/rumkit\/.*)$/;

  it.each(Object.keys(paths).filter((path) => !path.startsWith("/rum-")))("%s", (path) => {
    expect(routes(path)).toEqual(closed.test(path) ? [false, false] : [true, true]);
  });

  it("streams are never cut", () => {
    const { rules } = find("HTTPRoute", "collector").spec as {
      rules: { matches: { path: { value: string } }[]; timeouts: { request: string } }[];
    };
    const stream = rules.find(({ matches }) => matches.some(({ path }) => path.value === "/realtime"))!;
    expect(stream.timeouts.request).toBe("0s");
  });
});

it("only Prometheus and the gateway reach the collector", () => {
  expect(find("NetworkPolicy", "deny-all").spec).toEqual({
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
  });
  const { ingress } = find("NetworkPolicy", "collector").spec as {
    ingress: { from: { namespaceSelector: { matchLabels: object } }[] }[];
  };
  expect(ingress).toHaveLength(1);
  expect(
    ingress[0]!.from.map(
      ({ namespaceSelector }) => Object.values(namespaceSelector.matchLabels)[0] as string,
    ),
  ).toEqual(["monitoring", "gateway"]);
});

it("the values keep 30 days or 45 GB in two Prometheis, every 30 s", () => {
  const { prometheus } = parse(
    readFileSync(join(KUBERNETES, "values/kube-prometheus-stack.yaml"), "utf8"),
  ) as { prometheus: { prometheusSpec: object } };
  expect(prometheus.prometheusSpec).toMatchObject({
    replicas: 2,
    retention: "30d",
    retentionSize: "45GB",
    scrapeInterval: "30s",
  });
  const { loki } = parse(readFileSync(join(KUBERNETES, "values/loki.yaml"), "utf8")) as {
    loki: { limits_config: object };
  };
  expect(loki.limits_config).toMatchObject({ retention_period: "720h" });
});

describe("setup.sh", () => {
  /** Runs it with programs on the path that write down how they are called. `kubectl get` knows what was created. */
  function setUp() {
    const folder = mkdtempSync(join(tmpdir(), "rumkit-setup-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = `#!/bin/sh
echo "$(basename "$0") $*" >> "${folder}/calls"
case "$*" in
  *"create --filename -"*) cat > "${folder}/input"; sed -n 's/.*name: \\(.*\\) }/\\1/p' "${folder}/input" >> "${folder}/there"; cat "${folder}/input" >> "${folder}/secrets" ;;
  "create namespace "*) echo "$3" >> "${folder}/there" ;;
  *"get "*) for last; do :; done; grep -qx "$last" "${folder}/there" 2>/dev/null ;;
esac
`;
    for (const name of ["kubectl", "helm"]) {
      writeFileSync(join(folder, name), program);
      chmodSync(join(folder, name), 0o755);
    }
    const read = (name: string): string =>
      existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "";
    return {
      calls: () => read("calls").trim().split("\n").filter(Boolean),
      secrets: () => read("secrets"),
      run: (...args: string[]) =>
        spawnSync(join(KUBERNETES, "setup.sh"), args, {
          encoding: "utf8",
          env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
        }),
    };
  }

  it("creates namespaces and secrets, installs the charts, then applies the overlay and waits", () => {
    const { run, calls, secrets } = setUp();
    const { status, stdout, stderr } = run("--overlay", "demo");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const made = calls().filter((call) => !/ get /.test(call));
    expect(made.map((call) => call.replace(/https:\S+/, "…"))).toEqual([
      "kubectl create namespace rum",
      "kubectl create namespace monitoring",
      "kubectl --namespace rum create --filename -",
      "kubectl --namespace rum create --filename -",
      "kubectl --namespace monitoring create --filename -",
      "helm repo add prometheus-community … --force-update",
      "helm repo add grafana … --force-update",
      "helm upgrade --install kube-prometheus-stack prometheus-community/kube-prometheus-stack --namespace monitoring --values values/kube-prometheus-stack.yaml --wait",
      "helm upgrade --install loki grafana/loki --namespace monitoring --values values/loki.yaml --wait",
      "kubectl apply --server-side --field-manager=rumkit --force-conflicts -k overlays/demo",
      "kubectl --namespace rum rollout status statefulset/collector --timeout=300s",
    ]);
    const values = [...secrets().matchAll(/: "(?:pages=)?([0-9a-f]{64})"/g)].map(([, value]) => value!);
    expect(new Set(values).size).toBe(7);
    // What is secret is on no command line and in no output.
    for (const value of values) expect(calls().join() + stdout).not.toContain(value);
  });

  it("the cluster has its log by the chart, with one password in the Secret and in the address", () => {
    const { run, calls, secrets } = setUp();
    const { status, stdout, stderr } = run("--overlay", "cluster", "--without-stack");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const made = calls().filter((call) => !/ get /.test(call));
    expect(made.slice(-6)).toEqual([
      "helm upgrade --install nats nats/nats --namespace rum --values values/nats.yaml --wait",
      "kubectl apply --server-side --field-manager=rumkit --force-conflicts -k overlays/cluster",
      "kubectl --namespace rum rollout status deployment/edge --timeout=300s",
      "kubectl --namespace rum rollout status statefulset/aggregate --timeout=300s",
      "kubectl --namespace rum rollout status statefulset/live --timeout=300s",
      "kubectl --namespace rum exec statefulset/aggregate -- node packages/cli/dist/bin/rumkit.js cluster assign --aggregators 3 --app shop",
    ]);
    const [, password = ""] = /broker-password: "([0-9a-f]{64})"/.exec(secrets())!;
    expect(secrets()).toContain(`broker: "nats://rumkit:${password}@nats:4222"`);
    expect(calls().join() + stdout).not.toContain(password);
  });

  it("run again, keeps the secrets and repeats the rest", () => {
    const { run, calls, secrets } = setUp();
    run();
    const before = secrets();
    const first = calls().length;
    const { status, stdout } = run();
    expect(status).toBe(0);
    expect(secrets()).toBe(before);
    expect(stdout).toContain("Secret rum/rumkit-shop is there, and is kept.");
    expect(
      calls()
        .slice(first)
        .filter((call) => / create /.test(call)),
    ).toEqual([]);
    expect(calls().slice(first).join("\n")).toContain("apply --server-side");
  });

  it("--dry-run runs nothing and says the same commands", () => {
    const { run, calls } = setUp();
    const { status, stdout } = run("--dry-run");
    expect(status).toBe(0);
    expect(calls()).toEqual([]);
    for (const command of [
      "kubectl create namespace rum",
      "helm upgrade --install loki",
      "kubectl apply --server-side",
    ])
      expect(stdout).toContain(`+ ${command}`);
  });

  it.each([
    [["--overlay", "x"], 'There is no overlay "x".'],
    [["--overlay"], "Usage:"],
    [["--fast"], "Unknown option: --fast."],
  ])("%j ends it before anything is done", (args, sentence) => {
    const { run, calls } = setUp();
    const { status, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(sentence);
    expect(calls()).toEqual([]);
  });
});
