import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as gatewayApi from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import * as operator from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import * as apps from "kubernetes-models/apps/v1";
import * as autoscaling from "kubernetes-models/autoscaling/v2";
import * as batch from "kubernetes-models/batch/v1";
import * as networking from "kubernetes-models/networking.k8s.io/v1";
import * as policy from "kubernetes-models/policy/v1";
import * as core from "kubernetes-models/v1";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "./dockerfile.ts";

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

type Model = new (data: object) => { validate(): void };

const MODELS: Readonly<Record<string, object>> = {
  v1: core,
  "apps/v1": apps,
  "autoscaling/v2": autoscaling,
  "batch/v1": batch,
  "networking.k8s.io/v1": networking,
  "policy/v1": policy,
  "monitoring.coreos.com/v1": operator,
  "gateway.networking.k8s.io/v1": gatewayApi,
};

/**
 * Returns what is wrong with an object by the schema of its kind: Kubernetes' own, or that of the operator's CRD. The schemas
 * allow fields that they do not name, and a server prunes those. So a field that the validation has not read is a fault, too.
 */
export function faultsOf(object: KubernetesObject): string[] {
  const { apiVersion, kind } = object;
  const model = (MODELS[apiVersion] as Record<string, Model> | undefined)?.[kind];
  if (!model) return [`There is no ${kind} in ${apiVersion}.`];
  const read = new Set<string>();
  const { validate } = model.prototype as { validate: () => void };
  const faults: string[] = [];
  try {
    validate.call(watch(object, "", read, Object.getPrototypeOf(new model({})) as object));
  } catch (error) {
    faults.push((error as Error).message);
  }
  return [
    ...faults,
    ...pathsOf(object, "")
      .filter((path) => !read.has(path))
      .map((path) => `${path} is unknown`),
  ];
}

/** A view of a value that writes down which of its fields are read. */
function watch(value: object, path: string, read: Set<string>, prototype?: object): object {
  return new Proxy(value, {
    getPrototypeOf: (target) => prototype ?? (Object.getPrototypeOf(target) as object),
    get: (target, key, receiver) => {
      if (typeof key === "symbol") return Reflect.get(target, key, receiver) as unknown;
      const place = `${path}/${key}`;
      if (Object.hasOwn(target, key)) read.add(place);
      const found = Reflect.get(target, key) as unknown;
      return typeof found === "object" && found !== null ? watch(found, place, read) : found;
    },
  });
}

function pathsOf(value: unknown, path: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    `${path}/${key}`,
    ...pathsOf(item, `${path}/${key}`),
  ]);
}

function readObjects(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubernetesObject);
}

interface Kustomization {
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly patches?: readonly {
    readonly target: { readonly kind: string; readonly name: string };
    readonly patch: string;
  }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
}

export interface Built {
  readonly objects: readonly KubernetesObject[];
  readonly faults: readonly string[];
}

/** Follows the references of a kustomization. Does not render it: faults are references to nothing. */
export function buildKustomization(folder: string): Built {
  const file = join(folder, "kustomization.yaml");
  if (!existsSync(file)) return { objects: [], faults: [`${folder} has no kustomization.yaml`] };
  const content = parse(readFileSync(file, "utf8")) as Kustomization;
  const objects: KubernetesObject[] = [];
  const faults: string[] = [];
  for (const resource of content.resources ?? []) {
    const path = join(folder, resource);
    if (!existsSync(path)) faults.push(`${file}: there is no ${resource}`);
    else if (resource.endsWith(".yaml")) objects.push(...readObjects(path));
    else {
      const below = buildKustomization(path);
      objects.push(...below.objects);
      faults.push(...below.faults);
    }
  }
  const listed = new Set([
    ...(content.resources ?? []),
    "kustomization.yaml",
    ...(content.configMapGenerator ?? []).flatMap(({ files }) => files),
  ]);
  for (const name of listed) if (!existsSync(join(folder, name))) faults.push(`${file}: there is no ${name}`);
  for (const name of readdirSync(folder)) if (!listed.has(name)) faults.push(`${file} does not list ${name}`);
  for (const { name } of content.configMapGenerator ?? [])
    objects.push({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
  for (const { target } of content.patches ?? [])
    if (!objects.some(({ kind, metadata }) => kind === target.kind && metadata.name === target.name))
      faults.push(`${file}: a patch is for a ${target.kind} ${target.name} that is not there`);
  const text = JSON.stringify(objects);
  for (const { name } of content.images ?? [])
    if (!text.includes(`"image":"${name}"`)) faults.push(`${file}: nothing has the image ${name}`);
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index) faults.push(`${file}: ${name} is there twice`);
  return { objects, faults };
}

export const KUBERNETES = join(ROOT, "deploy/kubernetes");
