/** For `rumkit sourcemaps`: the maps of a build, and the limits of an upload. Not public. */
export { type BuildMap, findBuildMaps } from "../sourceMaps/buildMaps.ts";
export { MAX_MAP_BYTES } from "../sourceMaps/mapFile.ts";
export { isRelease } from "../sourceMaps/mapFile.ts";
export { DEFAULT_QUOTA } from "../sourceMaps/createSourceMaps.ts";
