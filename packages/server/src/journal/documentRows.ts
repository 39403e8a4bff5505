import { crc32 } from "node:zlib";
import type { DocumentChange, KeptDocument } from "./keptDocuments.ts";
import { changeTally, createCheck, type Tally } from "./rowChecksum.ts";
import type { SqliteFile } from "./sqliteFile.ts";

/** The rows of documents. Both functions belong into the same transaction or reading as the tally. */
export interface DocumentRows {
  writeDocuments(changes: readonly DocumentChange[]): void;
  /** Throws a `JournalError` "corrupt" if a row does not fit its checksum, or one is missing. */
  readDocuments(add: (document: KeptDocument) => void): void;
}

/** Compares bytes, so that the order of keys does not depend on a language. */
const ALL = "SELECT section, key, text, checksum FROM documents ORDER BY section, key";

/** Statements are prepared when they are needed: a file of an earlier version lacks the table while it is inspected. */
export function createDocumentRows(file: SqliteFile, path: string, tally: Tally): DocumentRows {
  return {
    writeDocuments: (changes) => {
      const find = file.prepare("SELECT checksum FROM documents WHERE section = ? AND key = ?");
      const put = file.prepare("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)");
      const remove = file.prepare("DELETE FROM documents WHERE section = ? AND key = ?");
      for (const { section, key, text } of changes) {
        const before = find.get(section, key)?.["checksum"] as number | undefined;
        const after = text === undefined ? undefined : documentChecksum([section, key, text]);
        if (text === undefined) remove.run(section, key);
        else put.run(section, key, text, after!);
        changeTally(tally, before, after);
      }
    },
    readDocuments: (add) => {
      const checked = createCheck(path, "documents", tally);
      const hasTable = file
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'documents'")
        .get();
      for (const row of hasTable ? file.prepare(ALL).iterate() : []) {
        const document = [String(row["section"]), String(row["key"]), String(row["text"])] as const;
        const expected = documentChecksum(document);
        checked.row(`${document[0]}/${document[1]}`, expected, row["checksum"]);
        add(document);
      }
      checked.end();
    },
  };
}

function documentChecksum(document: KeptDocument): number {
  return crc32(JSON.stringify(document));
}
