/** Returns the name of an app's objects in Kubernetes: lower case letters, digits and dashes, as RFC 1123 wants names of DNS. */
export function objectName(app: string): string {
  return `rumkit-${app.replaceAll("_", "-").toLowerCase().replace(/-+$/, "")}`;
}

/** Maximum characters of a label value in Kubernetes, which ends in a letter or a digit. */
const MOST_CHARACTERS = 63;

/** Returns the app as a label value of Kubernetes, which refuses longer ones. */
export function labelValue(app: string): string {
  return app.slice(0, MOST_CHARACTERS).replace(/_+$/, "");
}
