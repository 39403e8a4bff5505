import { GATEWAY_NAMESPACE, labelsOf, type Manifest, MONITORING, NAMESPACE } from "./manifest.ts";

/** Pod Security's level for every pod of the namespace, also in the words of warnings and the audit log. */
export function namespace(): Manifest {
  const modes = ["enforce", "audit", "warn"].map((mode) => [
    `pod-security.kubernetes.io/${mode}`,
    "restricted",
  ]);
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: NAMESPACE, labels: Object.fromEntries(modes) },
  };
}

const inNamespace = (name: string): object => ({ matchLabels: { "kubernetes.io/metadata.name": name } });

/** Prometheus' pods, as kube-prometheus-stack labels them. */
const PROMETHEUS = {
  namespaceSelector: inNamespace(MONITORING),
  podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
};

const GATEWAY = { namespaceSelector: inNamespace(GATEWAY_NAMESPACE) };

const DNS = {
  to: [
    {
      namespaceSelector: inNamespace("kube-system"),
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ],
  ports: [
    { protocol: "UDP", port: 53 },
    { protocol: "TCP", port: 53 },
  ],
};

/** Nothing may talk to anything, but for what another policy allows. */
export function denyAll(): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "deny-all" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  };
}

/**
 * Prometheus scrapes, and the gateway passes on what visitors send. Both come to one port: which of them may read `/metrics` is
 * said by its token, and by the paths of the route.
 */
export function allowScrapesAndGateway(name: string, more: { egress?: readonly object[] } = {}): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name },
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ from: [PROMETHEUS, GATEWAY], ports: [{ protocol: "TCP", port: "http" }] }],
      egress: [DNS, ...(more.egress ?? [])],
    },
  };
}

/** Pods of one kind, at a port. */
export const toPods = (name: string, port: string): object => ({
  to: [{ podSelector: { matchLabels: labelsOf(name) } }],
  ports: [{ protocol: "TCP", port }],
});

/** Only pods of these kinds, or Prometheus, may come to a port. */
export function allowFrom(
  name: string,
  port: string,
  from: readonly string[],
  egress: readonly object[] = [],
): Manifest {
  const pods = from.map((each) =>
    each === "prometheus" ? PROMETHEUS : { podSelector: { matchLabels: labelsOf(each) } },
  );
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name },
    spec: {
      podSelector: { matchLabels: labelsOf(name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: pods.length > 0 ? [{ from: pods, ports: [{ protocol: "TCP", port }] }] : [],
      egress,
    },
  };
}

/** The log, as its vendor's chart labels its pods. */
const LOG = "nats";

const atPorts = (...ports: readonly number[]): object[] => ports.map((port) => ({ protocol: "TCP", port }));

/** A role may talk to the log, and read the settings that it tells. */
export const TO_LOG: object = {
  to: [{ podSelector: { matchLabels: labelsOf(LOG) } }],
  ports: atPorts(4222, 8222),
};

/** Only these pods reach the log; its servers talk to each other. */
export function allowToLog(from: readonly string[]): Manifest {
  const pods = (names: readonly string[]): object[] =>
    names.map((each) => ({ podSelector: { matchLabels: labelsOf(each) } }));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: LOG },
    spec: {
      podSelector: { matchLabels: labelsOf(LOG) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: pods(from), ports: atPorts(4222, 8222) },
        { from: pods([LOG]), ports: atPorts(6222) },
        { from: [PROMETHEUS], ports: atPorts(7777) },
      ],
      egress: [DNS, { to: pods([LOG]), ports: atPorts(6222) }],
    },
  };
}

export { DNS };
