/** Every manifest of deploy/kubernetes, and the Kustomize files that put them together. `npm run generate` writes them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ROOT } from "../steps.ts";
import { aggregateManifests, edgeManifests, liveManifests, natsValues } from "./cluster.ts";
import { collectorManifests } from "./collector.ts";
import { exporterManifests, postgresManifests } from "./database.ts";
import {
  allowFrom,
  allowScrapesAndGateway,
  allowToLog,
  denyAll,
  DNS,
  namespace,
  TO_LOG,
  toPods,
} from "./network.ts";
import { collectorIngress, collectorRoute, grafanaIngress, shopRoute } from "./routing.ts";
import { APP, type Manifest, NAMESPACE } from "./manifest.ts";
import { loadTest, shopManifests } from "./shop.ts";
import { lokiValues, prometheusValues } from "./values.ts";

const FOLDER = "deploy/kubernetes";
const GENERATED = "deploy/generated/kubernetes";

/** Images of ours, as a cluster pulls them: the registry is yours. */
const IMAGES = ["rumkit-collector", "rumkit-shop"].map((name) => ({
  name,
  newName: `registry.example.com/${name}`,
  newTag: "0.1.0",
}));

const NAMESPACE_ABOUT = "Every pod has to keep to Pod Security's level restricted.";

/** Returns the text of each file, by its path from the root of the repository. */
export function kubernetesFiles(): Map<string, string> {
  const files = new Map<string, string>();
  const images = imagesOfCompose();
  const add = (path: string, about: string, ...documents: readonly object[]): void => {
    const text = documents.map((document) =>
      stringify(document, { lineWidth: 0, aliasDuplicateObjects: false }),
    );
    files.set(
      `${FOLDER}/${path}`,
      `# ${about}\n# Written by npm run generate. Change scripts/kubernetes, not this file.\n${text.join("---\n")}`,
    );
  };
  const kustomization = (folder: string, about: string, content: object): void =>
    add(`${folder}/kustomization.yaml`, about, {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      ...content,
    });
  const manifests = (folder: string, name: string, about: string, objects: readonly Manifest[]): string => {
    add(`${folder}/${name}`, about, ...objects);
    return name;
  };
  const copy = (from: string, to: string): void => {
    files.set(`${FOLDER}/${to}`, readFileSync(join(ROOT, from), "utf8"));
  };

  copy("examples/shop/catalog.ts", "base/catalog.ts");
  kustomization("base", "The collector alone, for any app.", {
    namespace: NAMESPACE,
    resources: [
      manifests("base", "namespace.yaml", NAMESPACE_ABOUT, [namespace()]),
      manifests("base", "collector.yaml", "rumkit serve with its journal.", collectorManifests()),
      manifests("base", "network.yaml", "Only Prometheus and the gateway reach the collector.", [
        denyAll(),
        allowScrapesAndGateway("collector"),
      ]),
    ],
    // Its name gets a digest of the content, so that a change of the catalog replaces the pod.
    configMapGenerator: [{ name: "collector-config", files: ["catalog.ts"] }],
    images: IMAGES.slice(0, 1),
  });

  kustomization(
    "overlays/gateway",
    "The collector, its route of the Gateway API, and what Prometheus and Grafana read.",
    {
      resources: [
        "../../base",
        "../../../generated/kubernetes",
        manifests(
          "overlays/gateway",
          "httproute.yaml",
          "HTTPS, by the Gateway `public`. /metrics and the API for administrators have no route.",
          [collectorRoute()],
        ),
      ],
    },
  );
  kustomization(
    "overlays/ingress",
    "The same with an Ingress, for clusters without the Gateway API, and one for Grafana.",
    {
      resources: [
        "../../base",
        "../../../generated/kubernetes",
        manifests(
          "overlays/ingress",
          "ingress.yaml",
          "HTTPS, by ingress-nginx. /metrics and the API for administrators have no path.",
          [collectorIngress()],
        ),
        manifests("overlays/ingress", "grafana.yaml", "Grafana behind basic auth.", [grafanaIngress()]),
      ],
      patches: [
        {
          // The pods of the controller, in its namespace.
          target: { kind: "NetworkPolicy", name: "collector" },
          patch: stringify([
            {
              op: "replace",
              path: "/spec/ingress/0/from/1/namespaceSelector/matchLabels/kubernetes.io~1metadata.name",
              value: "ingress-nginx",
            },
          ]),
        },
      ],
    },
  );

  copy("examples/shop/catalog.ts", "overlays/cluster/catalog.ts");
  kustomization(
    "overlays/cluster",
    "Edges, aggregators and live processes over a log: instead of the collector.",
    {
      namespace: NAMESPACE,
      resources: [
        "../../../generated/kubernetes",
        manifests("overlays/cluster", "namespace.yaml", NAMESPACE_ABOUT, [namespace()]),
        manifests(
          "overlays/cluster",
          "edge.yaml",
          "What pages send goes to the log: two to forty pods.",
          edgeManifests(),
        ),
        manifests(
          "overlays/cluster",
          "aggregate.yaml",
          "What the log has is counted: three pods.",
          aggregateManifests(),
        ),
        manifests(
          "overlays/cluster",
          "live.yaml",
          "Live page, alerts and API: one pod leads.",
          liveManifests(),
        ),
        manifests("overlays/cluster", "network.yaml", "Who may talk to whom.", [
          denyAll(),
          allowScrapesAndGateway("edge", { egress: [TO_LOG] }),
          allowFrom("aggregate", "http", ["prometheus"], [DNS, TO_LOG]),
          allowScrapesAndGateway("live", { egress: [TO_LOG] }),
          allowToLog(["edge", "aggregate", "live"]),
        ]),
        manifests(
          "overlays/cluster",
          "httproute.yaml",
          "HTTPS, by the Gateway `public`: pages report to edges, people look at the live processes.",
          [collectorRoute("rum", "edge", "live")],
        ),
      ],
      configMapGenerator: [{ name: "collector-config", files: ["catalog.ts"] }],
      images: IMAGES.slice(0, 1),
    },
  );

  copy("deploy/postgres/queries.yaml", "shop/queries.yaml");
  copy("deploy/postgres/createRoles.sh", "shop/createRoles.sh");
  kustomization("shop", "The example shop with its PostgreSQL.", {
    namespace: NAMESPACE,
    resources: [
      manifests("shop", "shop.yaml", "The stateless edge: two to ten pods.", shopManifests()),
      manifests(
        "shop",
        "postgres.yaml",
        "One PostgreSQL, for the demo.",
        postgresManifests(images["postgres"]!),
      ),
      manifests(
        "shop",
        "postgres-exporter.yaml",
        "Statistics of PostgreSQL.",
        exporterManifests(images["postgres-exporter"]!),
      ),
      manifests("shop", "network.yaml", "Who may talk to whom.", [
        allowScrapesAndGateway("shop", { egress: [toPods("postgres", "postgres")] }),
        allowFrom("postgres", "postgres", ["shop", "postgres-exporter"]),
        allowFrom("postgres-exporter", "metrics", ["prometheus"], [DNS, toPods("postgres", "postgres")]),
      ]),
      manifests("shop", "httproute.yaml", "The shop's pages and its API.", [shopRoute()]),
    ],
    configMapGenerator: [
      { name: "postgres-queries", files: ["queries.yaml"] },
      { name: "postgres-setup", files: ["createRoles.sh"] },
    ],
    images: IMAGES.slice(1),
  });
  kustomization("overlays/demo", "Everything: collector, shop, database.", {
    resources: ["../gateway", "../../shop"],
  });

  kustomization(
    "load-test",
    "Ten minutes of visitors for the demo: kubectl apply -k, and delete to repeat it.",
    {
      namespace: NAMESPACE,
      resources: [
        manifests("load-test", "job.yaml", "Visitors of the shop.", [loadTest()]),
        manifests("load-test", "network.yaml", "They may talk to the shop.", [
          allowFrom("load-test", "http", [], [DNS, toPods("shop", "http")]),
          allowedVisitors(),
        ]),
      ],
      images: IMAGES.slice(1),
    },
  );

  files.set(
    `${GENERATED}/kustomization.yaml`,
    `# The files of rumkit generate beside it. Written by npm run generate.\n${stringify({
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      namespace: NAMESPACE,
      resources: ["servicemonitor", "prometheusrule", "dashboards"].map((kind) => `${APP}-${kind}.yaml`),
    })}`,
  );
  add(
    "values/kube-prometheus-stack.yaml",
    "Values of the Helm chart kube-prometheus-stack.",
    prometheusValues(),
  );
  add("values/loki.yaml", "Values of the Helm chart loki.", lokiValues());
  add("values/nats.yaml", "Values of the Helm chart nats.", natsValues());
  return files;
}

/** The shop's policy lets the gateway in; this one the load test. */
function allowedVisitors(): Manifest {
  const policy = allowFrom("shop", "http", ["load-test"]);
  const { egress: _egress, ...spec } = policy["spec"] as Record<string, unknown>;
  return { ...policy, metadata: { name: "shop-load-test" }, spec: { ...spec, policyTypes: ["Ingress"] } };
}

/** The images that deploy/compose.yaml pins, so that both set-ups run the same. */
function imagesOfCompose(): Record<string, string> {
  const { services } = parse(readFileSync(join(ROOT, "deploy/compose.yaml"), "utf8"), { merge: true }) as {
    services: Record<string, { image: string }>;
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, { image }]) => [name, image.replace(/\$\{.*\}$/, "")]),
  );
}
