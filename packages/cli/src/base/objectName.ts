/** Returns the name of an app's objects in Kubernetes: lower case letters, digits and dashes, as RFC 1123 wants names of DNS. */
export function objectName(app: string): string {
  return `rumkit-${app.replaceAll("_", "-").toLowerCase()}`;
}
