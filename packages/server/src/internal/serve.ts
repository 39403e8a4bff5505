/** For `rumkit serve`: the parts of a collector's server. Not public: it changes with any release. */
export { createAccess } from "../access/access.ts";
export { OPENABLE, type Openable, type Scope, SCOPES } from "../access/accessOptions.ts";
export { openUnchecked } from "../brokers/openBroker.ts";
export { findAlertFaults } from "../alerting/checkAlerts.ts";
export { findRemoteWriteFaults } from "../push/checkRemoteWrite.ts";
export { isPrometheusUrl } from "../history/prometheus.ts";
export { basePathFault } from "../collector/basePaths.ts";
export { DEFAULT_BASE_PATHS } from "../part/basePaths.ts";
export { defaultEnvironment } from "../collector/checkOptions.ts";
export { findBlockingPattern } from "../http/blockedPath.ts";
export { endBodies, limitBodies } from "../http/bodyDeadlines.ts";
export { createClientAddress, senderOf } from "../http/clientAddress.ts";
export { continueWhenRead, refuseAmbiguous } from "../http/httpRules.ts";
export { DEFAULT_RATES, type RateLimitOptions } from "../http/rateLimit.ts";
export {
  type CutReason,
  cutSample,
  giveUploadsTime,
  limitOpenRequests,
  limitRequestsPerSocket,
  MAX_REQUESTS_PER_SOCKET,
  recordOf,
  SERVER_LIMITS,
} from "../http/serverLimits.ts";
export { traceIdOf } from "../instrument/propagation.ts";
export { checkJournal } from "../journal/checkJournal.ts";
export { requireSqlite } from "../journal/sqliteErrors.ts";
export { UPGRADED } from "../socket/upgradeServer.ts";
export type { OwnLog } from "../log/createLog.ts";
export { holdLog } from "../log/log.ts";
