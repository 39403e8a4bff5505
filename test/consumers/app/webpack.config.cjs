/** As teams have it: only what webpack 4 cannot read is compiled. */
module.exports = {
  mode: "production",
  devtool: false,
  entry: "./page.js",
  output: { path: __dirname },
  optimization: { minimize: false },
  performance: false,
  // webpack's own waits for a message with a source, which those of jsdom have not.
  node: { setImmediate: false },
  module: { rules: [{ test: /node_modules\/web-vitals\//, use: require.resolve("./compileLoader.cjs") }] },
};
