/** As `npm init jest` leaves it: nothing says how to read `node_modules`. */
const [version, modules] = [process.env.CONSUMER_JEST, process.env.CONSUMER_MODULES];

module.exports = {
  testEnvironment: require.resolve(`jest-environment-jsdom-${version}`),
  testMatch: ["**/shop.test.jsx"],
  ...(modules === "esm" && { extensionsToTreatAsEsm: [".jsx"] }),
};
