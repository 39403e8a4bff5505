/** A warning of the process, as Node.js passes it to its listeners. */
type Warned = Error & { readonly code?: string };

/**
 * Keeps Node.js from printing warnings that ask nothing of the reader. Every other warning is printed as before.
 *
 * - Its SQLite is experimental in Node.js 22: a journal requires a release of SQLite that it was tested with.
 * - A catalog or a configuration has ES modules, and package.json has no `"type": "module"`, as in an app of
 *   `create-next-app` or `npm init`: it is loaded all the same. If it cannot be loaded, the command's error says why.
 */
export function hideNodeWarnings(): void {
  const printers = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (isHidden(warning)) return;
    for (const print of printers) print(warning);
  });
}

function isHidden({ name, code, message }: Warned): boolean {
  if (name === "ExperimentalWarning") return message.startsWith("SQLite ");
  return code === "MODULE_TYPELESS_PACKAGE_JSON" || message.startsWith("Failed to load the ES module: ");
}
