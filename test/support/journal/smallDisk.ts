import { spawnSync } from "node:child_process";
import { writeFileSync, rmSync, appendFileSync } from "node:fs";
import { join } from "node:path";

/** A separate file system in memory, so small that it can be filled. */
export interface SmallDisk {
  /** Fills it to the last byte with one file; `free` removes that. */
  fill(): void;
  free(): void;
  readOnly(isReadOnly: boolean): void;
  unmount(): void;
}

/** Mounts one. Undefined where that is not allowed: it takes root. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  if (status !== 0) return undefined;
  const filler = join(folder, "filler");
  return {
    fill: () => {
      writeFileSync(filler, "");
      for (const bytes of [65_536, 4096, 1]) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(bytes));
        } catch {
          // Full for pieces of this size.
        }
      }
    },
    free: () => rmSync(filler),
    readOnly: (isReadOnly) => {
      spawnSync("mount", ["-o", `remount,${isReadOnly ? "ro" : "rw"}`, folder]);
    },
    unmount: () => {
      spawnSync("umount", ["-l", folder]);
    },
  };
}
