/** Reads the packages as TypeScript, without building them first: `npm run demo` asks for it. */
const fromSource = process.env["RUMKIT_FROM_SOURCE"]
  ? { conditions: ["@rumkit/source", "module", "browser", "development|production"] }
  : {};

export default {
  // One React, also for the components of @rumkit/react.
  resolve: { ...fromSource, dedupe: ["react", "react-dom"] },
  build: {
    rolldownOptions: {
      // "use client" in React packages means nothing to a page without a server part.
      onwarn: (warning: { code?: string }, warn: (warning: object) => void) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
    },
  },
};
