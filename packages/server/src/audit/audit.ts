import type { AuditEntry, AuditEvent } from "@rumkit/protocol";

/** The audit log. It keeps the newest entries; older ones are exported before they go. */
export interface AuditLog {
  add(entry: Omit<AuditEntry, "id">): void;
  /** Entries with an id above `after`, oldest first. */
  read(selection: AuditSelection): readonly AuditEntry[];
}

interface AuditSelection {
  readonly after?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly what?: readonly AuditEvent[] | undefined;
  readonly about?: string | undefined;
  readonly limit: number;
}
