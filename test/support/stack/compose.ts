import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "./dockerfile.ts";

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly target: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly disable?: boolean; readonly test?: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export interface ComposeFile {
  readonly name?: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Readonly<Record<string, unknown>>;
}

/** Reads a compose file as it is written, with its merges done. Variables have the values of `env`, or their defaults. */
export function readCompose(name: string, env: Readonly<Record<string, string>> = {}): ComposeFile {
  const text = readFileSync(join(ROOT, "deploy", name), "utf8");
  const filled = text.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, variable: string, otherwise: string) => {
    const value = env[variable] ?? "";
    return value === "" ? otherwise : value;
  });
  return parse(filled, { merge: true }) as ComposeFile;
}

/** The services of several files, as `docker compose --file a --file b` merges them: by variable and by mounted path. */
export function mergeServices(...files: readonly ComposeFile[]): Record<string, Service> {
  const merged: Record<string, Service> = {};
  for (const { services } of files)
    for (const [name, service] of Object.entries(services)) {
      const before = merged[name];
      merged[name] = {
        ...before,
        ...service,
        ...((before?.environment ?? service.environment) && {
          environment: { ...before?.environment, ...service.environment },
        }),
        volumes: mergeMounts(before?.volumes, service.volumes),
      };
    }
  return merged;
}

function mergeMounts(before: readonly string[] = [], after: readonly string[] = []): string[] {
  const byPath = new Map([...before, ...after].map((mount) => [readMount(mount).path, mount]));
  return [...byPath.values()];
}

export interface Mount {
  /** A path relative to deploy/, or the name of a volume. */
  readonly source: string;
  readonly path: string;
  readonly isReadOnly: boolean;
}

export function readMount(text: string): Mount {
  const [source = "", path = "", mode] = text.split(":");
  return { source, path, isReadOnly: mode === "ro" };
}
