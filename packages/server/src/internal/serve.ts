/** For `rumkit serve`: the parts of a collector's server. Not public: it changes with any release. */
export { createAccess } from "../access/access.ts";
export { OPENABLE, type Openable, type Scope, SCOPES } from "../access/accessOptions.ts";
export { defaultEnvironment } from "../collector/defaultEnvironment.ts";
export { findBlockingPattern } from "../http/blockedPath.ts";
export { endBodies, limitBodies } from "../http/bodyDeadlines.ts";
export { createClientAddress, senderOf } from "../http/clientAddress.ts";
export { type CutReason, cutSample } from "../http/serverRecord.ts";
export { continueWhenRead, refuseAmbiguous } from "../http/httpRules.ts";
export { limitOpenRequests } from "../http/limitOpenRequests.ts";
export { DEFAULT_RATES, type RateLimitOptions } from "../http/rateLimit.ts";
export { recordOf } from "../http/serverRecord.ts";
export { giveUploadsTime } from "../http/serverLimits.ts";
export { limitRequestsPerSocket, MAX_REQUESTS_PER_SOCKET, SERVER_LIMITS } from "../http/serverLimits.ts";
export { traceIdOf } from "../instrument/propagation.ts";
export { checkJournal } from "../journal/checkJournal.ts";
export { requireSqlite } from "../journal/requireSqlite.ts";
export type { OwnLog } from "../log/createLog.ts";
export { holdLog } from "../log/log.ts";
