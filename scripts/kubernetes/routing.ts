import {
  GATEWAY_NAMESPACE,
  GRAFANA_HOST,
  type Manifest,
  MONITORING,
  NAMESPACE,
  PORT,
  RUM_HOST,
  SHOP_HOST,
} from "./manifest.ts";

/**
 * Paths that the world may reach: pages and services report, people look. `/metrics`, `/healthz`, `/readyz` and `/api/rumkit`,
 * which tools and administrators use, are not among them; `kubectl port-forward` reaches those.
 */
const REPORTED = ["/collect", "/ingest", "/reports", "/rum.js"];
const STREAMED = ["/realtime", "/metrics/stream"];

interface Match {
  readonly type: "Exact" | "PathPrefix";
  readonly value: string;
}

const REPORT_MATCHES: readonly Match[] = [
  ...REPORTED.map((value) => ({ type: "Exact", value }) as const),
  { type: "PathPrefix", value: "/collect" },
];
const STREAM_MATCHES: readonly Match[] = [
  { type: "PathPrefix", value: STREAMED[0]! },
  { type: "Exact", value: STREAMED[1]! },
];

function httpRoute(name: string, host: string, rules: readonly object[]): Manifest {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      parentRefs: [{ name: "public", namespace: GATEWAY_NAMESPACE, sectionName: "https" }],
      hostnames: [host],
      rules,
    },
  };
}

const to = (name: string): object[] => [{ name, port: PORT }];

/** The route of a collector, or of a cluster: what pages report goes to its edges, what people see comes from `live`. */
export function collectorRoute(name = "collector", reported = name, shown = name): Manifest {
  return httpRoute(name, RUM_HOST, [
    {
      matches: REPORT_MATCHES.map((path) => ({ path })),
      backendRefs: to(reported),
      // Longer than the collector itself waits for a body.
      timeouts: { request: "15s" },
    },
    {
      matches: STREAM_MATCHES.map((path) => ({ path })),
      backendRefs: to(shown),
      // Live streams stay open: 0s turns the timeout off.
      timeouts: { request: "0s", backendRequest: "0s" },
    },
  ]);
}

export function shopRoute(): Manifest {
  const prefixes = ["/api", "/collect", "/reports", "/assets"];
  const pages = ["/", "/cart", "/checkout", "/thanks", "/login", "/register"];
  return httpRoute("shop", SHOP_HOST, [
    {
      matches: [
        ...pages.map((value) => ({ path: { type: "Exact", value } })),
        ...[...prefixes, "/product"].map((value) => ({ path: { type: "PathPrefix", value } })),
      ],
      backendRefs: to("shop"),
      timeouts: { request: "30s" },
    },
  ]);
}

/** For clusters without the Gateway API. Its annotations are those of ingress-nginx. */
export function collectorIngress(): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: "collector",
      namespace: NAMESPACE,
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        // Streams: an hour without a byte.
        "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
        "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
        "nginx.ingress.kubernetes.io/proxy-buffering": "off",
        "nginx.ingress.kubernetes.io/proxy-body-size": "1m",
      },
    },
    spec: {
      ingressClassName: "nginx",
      tls: [{ hosts: [RUM_HOST], secretName: "collector-tls" }],
      rules: [
        {
          host: RUM_HOST,
          http: {
            paths: [...REPORT_MATCHES, ...STREAM_MATCHES].map(({ type, value }) => ({
              path: value,
              pathType: type === "Exact" ? "Exact" : "Prefix",
              backend: { service: { name: "collector", port: { name: "http" } } },
            })),
          },
        },
      ],
    },
  };
}

/**
 * Grafana, for people alone: a password before it is asked anything. For single sign-on, replace the three annotations
 * by `auth-url` and `auth-signin` of your proxy.
 */
export function grafanaIngress(): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: {
      name: "grafana",
      namespace: MONITORING,
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        "nginx.ingress.kubernetes.io/auth-type": "basic",
        // A file of htpasswd under the key `auth`.
        "nginx.ingress.kubernetes.io/auth-secret": "grafana-basic-auth",
        "nginx.ingress.kubernetes.io/auth-realm": "Grafana",
      },
    },
    spec: {
      ingressClassName: "nginx",
      tls: [{ hosts: [GRAFANA_HOST], secretName: "grafana-tls" }],
      rules: [
        {
          host: GRAFANA_HOST,
          http: {
            paths: [
              {
                path: "/",
                pathType: "Prefix",
                backend: { service: { name: "kube-prometheus-stack-grafana", port: { number: 80 } } },
              },
            ],
          },
        },
      ],
    },
  };
}
