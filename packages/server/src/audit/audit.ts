import type { AuditEntry, AuditEvent } from "@rumkit/protocol";

/** The audit log. It keeps the newest entries; older ones are exported before they go. */
export interface AuditLog {
  add(entry: Omit<AuditEntry, "id">): void;
  /** The newest entries that match; with `after` the first ones with an id above it. Always oldest first. */
  read(selection: AuditSelection): readonly AuditEntry[];
}

export interface AuditSelection {
  readonly after?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly what?: readonly AuditEvent[] | undefined;
  readonly about?: string | undefined;
  readonly limit: number;
}
