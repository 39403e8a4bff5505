import type { KeptRecord, Records } from "./broker.ts";
import { checkRecordKey } from "./recordKey.ts";
import type { Reply } from "./redisConnection.ts";
import type { RedisLink } from "./redisLink.ts";
import { LIST_RECORDS, WRITE_RECORD } from "./redisScripts.ts";

/** Records in one hash: by key `<revision> <text>`. All keys share one counter, so that a removed key's revisions rise, too. */
export function createRedisRecords(link: RedisLink, prefix: string, confirm: () => Promise<void>): Records {
  const hash = `${prefix}:{records}`;
  return {
    read: async (key) => toRecord(key, await link.run(["HGET", hash, key])),
    list: async (beginning) => {
      const found = (await link.runScript(LIST_RECORDS, [hash], [beginning])) as readonly Buffer[];
      const records: KeptRecord[] = [];
      for (let at = 0; at < found.length; at += 2) records.push(toRecord(String(found[at]), found[at + 1]!)!);
      return records.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    },
    write: async (key, text, revision) => {
      checkRecordKey(key);
      const args = [key, String(revision), ...(text === undefined ? [] : [text])];
      const written = await link.runScript(WRITE_RECORD, [hash, `${hash}:revision`], args);
      if (written === 0) return undefined;
      await confirm();
      return written as number;
    },
  };
}

function toRecord(key: string, kept: Reply): KeptRecord | undefined {
  if (kept === null) return undefined;
  const value = String(kept);
  const end = value.indexOf(" ");
  return { key, text: value.slice(end + 1), revision: Number(value.slice(0, end)) };
}

/** Looks at so many keys each time, and so often at most: a Redis may have millions of others. */
const SCANNED = 1_000;
const MOST_SCANS = 1_000;

/** Returns the keys of the records of all apps. */
export async function listRecordKeys(link: RedisLink): Promise<readonly string[]> {
  const keys: string[] = [];
  let cursor = "0";
  for (let scans = 0; scans < MOST_SCANS; scans += 1) {
    const command = ["SCAN", cursor, "MATCH", "*:rumkit:{records}", "COUNT", String(SCANNED)];
    const [next, found] = (await link.run(command)) as unknown as readonly [Buffer, readonly Buffer[]];
    keys.push(...found.map(String));
    cursor = String(next);
    if (cursor === "0") break;
  }
  return keys;
}
