import { isObject } from "../base/shape.ts";
import type { KeptRecord, Records } from "../brokers/broker.ts";

/** Records that only the newest holder of a lease writes. */
export interface FencedRecords {
  /**
   * Makes the records whose keys begin with `prefix` those of this holder, and returns them as they are then: earlier holders
   * can no longer change them. Call it after taking the lease, before reading. Undefined if a newer holder has some.
   */
  claim(prefix: string): Promise<readonly KeptRecord[] | undefined>;
  /**
   * Writes a record, or removes its text if `text` is undefined. Resolves with false, and writes nothing, if this process does
   * not hold the lease, or a newer holder has written the record.
   */
  write(key: string, text: string | undefined): Promise<boolean>;
}

/** The text of a record with the token of its writer. */
interface Fenced {
  readonly token: number;
  readonly text?: string | undefined;
}

/** @param token Returns the token of the lease while this process holds it. */
export function createFencedRecords(records: Records, token: () => number | undefined): FencedRecords {
  const write = async (
    key: string,
    change: (kept: string | undefined) => string | undefined,
  ): Promise<boolean> => {
    for (;;) {
      const kept = await records.read(key);
      const found = kept && readFenced(kept);
      // Read last: the process may have paused meanwhile.
      const mine = token();
      if (mine === undefined || (found && found.token > mine)) return false;
      const fenced: Fenced = { token: mine, text: change(found?.text) };
      if ((await records.write(key, JSON.stringify(fenced), kept?.revision ?? 0)) !== undefined) return true;
    }
  };
  return {
    write: (key, text) => write(key, () => text),
    claim: async (prefix) => {
      for (const { key } of await records.list(prefix))
        if (!(await write(key, (text) => text))) return undefined;
      const kept = await records.list(prefix);
      return kept.flatMap((record) => {
        const { text } = readFenced(record);
        return text === undefined ? [] : [{ ...record, text }];
      });
    },
  };
}

function readFenced({ key, text }: KeptRecord): Fenced {
  const value: unknown = JSON.parse(text);
  if (!isObject(value) || !Number.isSafeInteger(value["token"]))
    throw new TypeError(`[rumkit] The record ${key} of the log has no token.`);
  return value as unknown as Fenced;
}
