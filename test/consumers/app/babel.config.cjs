/** Without this plugin, `import` stays as it is: Jest's way to ES modules. */
const commonJs = process.env.CONSUMER_MODULES === "esm" ? [] : ["@babel/plugin-transform-modules-commonjs"];

module.exports = { presets: [["@babel/preset-react", { runtime: "automatic" }]], plugins: commonJs };
