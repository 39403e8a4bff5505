const { transformSync } = require("esbuild");

/** What babel-loader does for a module with syntax that is newer than ES2019. */
module.exports = (source) => transformSync(source, { target: "es2019" }).code;
