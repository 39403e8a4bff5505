import { createHash } from "node:crypto";

/** Grafana refuses a longer uid. */
const MAX_UID = 40;

/**
 * Returns the uid of a board: stable, so that a new version replaces the old one and links keep working.
 *
 * The name of an app has no hyphen, so two apps never share a uid. A uid that is too long is cut, and keeps a digest.
 */
export function boardUid(app: string, board: string, prefix: string): string {
  const uid = `${prefix}${app}-${board}`;
  if (uid.length <= MAX_UID) return uid;
  const digest = createHash("sha256").update(uid).digest("hex").slice(0, 8);
  return `${uid.slice(0, MAX_UID - digest.length - 1)}-${digest}`;
}
