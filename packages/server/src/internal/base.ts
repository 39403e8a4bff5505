/** Shared by the command `rumkit` and the collector. Not public: it changes with any release. */
export { isMissing } from "../base/systemError.ts";
export { nearestName } from "../base/nearestName.ts";
export { reasonOf } from "../base/systemError.ts";
export { describePath, isObject } from "../base/shape.ts";
export { BASE_PATH_FORM, DEFAULT_BASE_PATHS, isBasePath } from "../part/basePaths.ts";
export { escapeLine, escapeText } from "../log/log.ts";
