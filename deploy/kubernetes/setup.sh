#!/bin/sh
# Sets the monitoring stack up in the cluster of the current context: what it does, it says; run again, it changes only what has
# changed. A secret that is there is kept. `--dry-run` prints the commands and runs none.
set -eu

cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
Usage: deploy/kubernetes/setup.sh [--overlay gateway|ingress|demo|cluster] [--without-stack] [--dry-run]

  --overlay <name>   gateway (default), ingress, demo with the example shop and its PostgreSQL, or cluster: edges,
                     aggregators and live processes over NATS, instead of the collector
  --without-stack    Prometheus' operator and Grafana are there: installs no Helm chart
  --dry-run          prints what would be run

Needs kubectl 1.29 or newer, and helm unless --without-stack is given. Before, set your images, hosts and origins: docs/kubernetes.md.
TEXT
}

overlay=gateway
with_stack=yes
dry_run=no
while [ $# -gt 0 ]; do
  case $1 in
    --overlay) [ $# -ge 2 ] || { usage >&2; exit 2; }; overlay=$2; shift ;;
    --without-stack) with_stack=no ;;
    --dry-run) dry_run=yes ;;
    --help) usage; exit 0 ;;
    *) echo "[rumkit] Unknown option: $1." >&2; usage >&2; exit 2 ;;
  esac
  shift
done
[ -f "overlays/$overlay/kustomization.yaml" ] || {
  echo "[rumkit] There is no overlay \"$overlay\". Choose gateway, ingress, demo or cluster." >&2
  exit 2
}

say() { printf '\n== %s\n' "$*"; }
run() {
  printf '+ %s\n' "$*"
  [ "$dry_run" = yes ] || "$@"
}
need() {
  [ "$dry_run" = yes ] || command -v "$1" >/dev/null 2>&1 || {
    echo "[rumkit] $1 is missing. Install it, or try --dry-run." >&2
    exit 1
  }
}
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

namespace() {
  if [ "$dry_run" = no ] && kubectl get namespace "$1" >/dev/null 2>&1; then echo "Namespace $1 is there."
  else run kubectl create namespace "$1"; fi
}

broker_password=$(random)

# secret <namespace> <name> <key>…: a random value for each key, unless the Secret exists. The values come over a pipe, because
# every user of the machine can read a command line.
secret() {
  space=$1 name=$2
  shift 2
  if [ "$dry_run" = no ] && kubectl --namespace "$space" get secret "$name" >/dev/null 2>&1; then
    echo "Secret $space/$name is there, and is kept."
    return
  fi
  printf '+ kubectl --namespace %s create --filename - (Secret %s: %s)\n' "$space" "$name" "$*"
  [ "$dry_run" = yes ] || {
    printf 'apiVersion: v1\nkind: Secret\nmetadata: { name: %s }\nstringData:\n' "$name"
    for key; do
      case $key in
        *=*) printf '  %s: "%s"\n' "${key%%=*}" "${key#*=}" ;;
        broker) printf '  %s: "nats://rumkit:%s@nats:4222"\n' "$key" "$broker_password" ;;
        broker-password) printf '  %s: "%s"\n' "$key" "$broker_password" ;;
        write-keys) printf '  %s: "pages=%s"\n' "$key" "$(random)" ;;
        *) printf '  %s: "%s"\n' "$key" "$(random)" ;;
      esac
    done
  } | kubectl --namespace "$space" create --filename -
}

need kubectl
say "Namespaces"
namespace rum
namespace monitoring

say "Secrets: tokens of the collector, passwords of Grafana and PostgreSQL. They are random, and only in the cluster."
secret rum rumkit-shop metrics-token live-token write-keys
[ "$overlay" != demo ] || secret rum postgres postgres-password shop-password exporter-password
[ "$overlay" != cluster ] || secret rum rumkit-broker broker broker-password

if [ "$with_stack" = yes ]; then
  need helm
  secret monitoring grafana-admin admin-user=admin admin-password
  say "Prometheus, Alertmanager, Grafana and Loki: Helm charts"
  run helm repo add prometheus-community https://prometheus-community.github.io/helm-charts --force-update
  run helm repo add grafana https://grafana.github.io/helm-charts --force-update
  run helm upgrade --install kube-prometheus-stack prometheus-community/kube-prometheus-stack \
    --namespace monitoring --values values/kube-prometheus-stack.yaml --wait
  run helm upgrade --install loki grafana/loki --namespace monitoring --values values/loki.yaml --wait
fi

if [ "$overlay" = cluster ]; then
  need helm
  say "The log: NATS with three servers, by its Helm chart"
  run helm repo add nats https://nats-io.github.io/k8s/helm/charts/ --force-update
  run helm upgrade --install nats nats/nats --namespace rum --values values/nats.yaml --wait
fi

say "The collector, its boards and rules: overlays/$overlay"
# By the server: a board is larger than the annotation in which the client would keep a copy.
run kubectl apply --server-side --field-manager=rumkit --force-conflicts -k "overlays/$overlay"

say "Waiting until the collector is ready"
case $overlay in
  cluster) workloads="deployment/edge statefulset/aggregate statefulset/live" ;;
  *) workloads=statefulset/collector ;;
esac
for workload in $workloads; do
  run kubectl --namespace rum rollout status "$workload" --timeout=300s
done

if [ "$overlay" = cluster ]; then
  say "Partitions: as many for each of the three aggregators. Without this, the first one has all of them"
  run kubectl --namespace rum exec statefulset/aggregate -- \
    node packages/cli/dist/bin/rumkit.js cluster assign --aggregators 3 --app shop
fi

say "Done. The token of the live page, and the password of Grafana's user admin:"
cat <<'TEXT'
kubectl --namespace rum get secret rumkit-shop --output 'go-template={{index .data "live-token" | base64decode}}'
kubectl --namespace monitoring get secret grafana-admin --output 'go-template={{index .data "admin-password" | base64decode}}'
kubectl --namespace monitoring port-forward service/kube-prometheus-stack-grafana 3000:80
TEXT
