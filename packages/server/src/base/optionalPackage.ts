/** Resolves names of packages from where the app was started: a server that is linked into a workspace does not see them. */
function requireOfApp(): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(`${process.cwd()}/`);
}

/** True if an optional peer dependency can be loaded. */
export function isInstalled(name: string): boolean {
  // Not imported: bundles in ESM declare the same name for themselves. Bundles in CommonJS have no such URL.
  const { createRequire } = process.getBuiltinModule("node:module");
  return [() => createRequire(import.meta.url), requireOfApp].some((requireFrom) => {
    try {
      requireFrom().resolve(name);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Loads an optional peer dependency. Rejects if it is not installed.
 *
 * @param name Held in a constant: a bundler that saw the name in `import()` would insist on the package.
 */
export async function loadOptional<Module>(name: string): Promise<Module> {
  try {
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as Module;
  } catch {
    return requireOfApp()(name) as Module;
  }
}
