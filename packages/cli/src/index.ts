/**
 * The configuration of `rumkit serve`, typed. The generators are `rumkit/generate`.
 *
 * @module
 */
export { defineConfig, type RumkitConfig } from "./serve/config.ts";
