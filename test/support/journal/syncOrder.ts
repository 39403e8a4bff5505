/** The findings of a trace of `strace -f -y` about a process that writes `kept …` after each commit. */
export interface SyncOrder {
  readonly kept: number;
  /** Lines `kept …` before which what was written to the log was not synced. */
  readonly unsynced: number;
}

const WRITTEN = /pwrite64\(\d+<[^>]*-wal>/;
const SYNCED = /f(?:data)?sync\(\d+<[^>]*-wal>\)\s*= 0/;
const RESUMED = /<\.\.\. f(?:data)?sync resumed>\)\s*= 0/;
const KEPT = /write\(1<[^>]*>, "kept/;

export function readSyncOrder(trace: string): SyncOrder {
  let kept = 0;
  let unsynced = 0;
  /** `clean` holds nothing; `written` bytes that are not synced; `synced` a sync since the last `kept`. */
  let log: "clean" | "written" | "synced" = "clean";
  for (const line of trace.split("\n")) {
    if (WRITTEN.test(line)) log = "written";
    else if (SYNCED.test(line) || (log === "written" && RESUMED.test(line))) log = "synced";
    else if (KEPT.test(line)) {
      kept += 1;
      if (log !== "synced") unsynced += 1;
      log = "clean";
    }
  }
  return { kept, unsynced };
}
