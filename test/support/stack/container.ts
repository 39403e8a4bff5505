import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Image } from "./buildImage.ts";

export interface ContainerOptions {
  /** Host paths by path in the container. */
  readonly mounts?: readonly {
    readonly source: string;
    readonly path: string;
    readonly isReadOnly: boolean;
  }[];
  readonly env?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  /** Default 1000: the user `node` of Node's image. */
  readonly uid?: number;
}

/** A process that runs as process 1 on the files of an image. */
export interface Container {
  readonly output: () => string;
  /** Sends SIGTERM to process 1. Resolves with its exit code. */
  readonly stop: () => Promise<number>;
  /** Resolves with the exit code of a process that ends by itself. */
  readonly ended: Promise<number>;
}

/**
 * Runs an image's process as a container engine does, by the kernel's own means (needs root): a root file system that cannot be
 * written to, made of the image's files and the system's programs; process 1 of a separate space of processes; another user, no
 * capabilities, no new privileges; only the environment that is given. The network is the machine's.
 */
export function startContainer(image: Image, options: ContainerOptions = {}): Container {
  const root = mkdtempSync(join(tmpdir(), "rumkit-root-"));
  const { uid = 1_000, command = image.command, mounts = [] } = options;
  const variables = { PATH: "/node:/usr/bin:/bin", ...image.env, ...options.env };
  const child = spawn(
    "unshare",
    [
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-c",
      scriptOf(image, mounts),
      "sh",
      root,
      String(uid),
    ].concat(
      Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      command,
    ),
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, "close").then(([code]) => {
    rmSync(root, { recursive: true });
    return code as number;
  });
  return {
    output: () => output,
    ended,
    stop: () => {
      if (child.exitCode !== null) return ended;
      const [first = ""] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ");
      if (first !== "") process.kill(Number(first), "SIGTERM");
      return ended;
    },
  };
}

/** Mounts everything below `$1`, and becomes the program with the user `$2`. */
function scriptOf(image: Image, mounts: NonNullable<ContainerOptions["mounts"]>): string {
  const binds = [
    { source: "/usr", path: "/usr", isReadOnly: true },
    { source: "/etc", path: "/etc", isReadOnly: true },
    { source: dirname(process.execPath), path: "/node", isReadOnly: true },
    { source: image.app, path: "/app", isReadOnly: true },
    ...mounts,
  ];
  const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  return [
    "set -e; root=$1; uid=$2; shift 2",
    "mount --make-rprivate /",
    'mount -t tmpfs -o mode=755 tmpfs "$root"',
    'cd "$root"; mkdir -p dev proc tmp; for link in bin lib lib64 sbin; do ln -s "usr/$link" "$link"; done',
    "mount --rbind /dev dev; mount -t proc proc proc; mount -t tmpfs -o mode=1777 tmpfs tmp",
    ...binds.flatMap(({ source, path }) => {
      const place = quote(`.${path}`);
      return [
        `if [ -e ${place} ]; then :; elif [ -d ${quote(source)} ]; then mkdir -p ${place}; else mkdir -p ${quote(`.${dirname(path)}`)}; touch ${place}; fi`,
        `mount --bind ${quote(source)} ${place}`,
      ];
    }),
    // Only now: mounts below other mounts needed their places.
    ...binds
      .filter(({ isReadOnly }) => isReadOnly)
      .map(({ path }) => `mount -o remount,bind,ro ${quote(`.${path}`)}`),
    'mount -o remount,ro "$root"',
    'exec chroot "$root" /usr/bin/env -i -C /app setpriv --reuid "$uid" --regid "$uid" --clear-groups --no-new-privs --bounding-set=-all /usr/bin/env "$@"',
  ].join("\n");
}
