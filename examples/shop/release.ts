/** The release of this shop, as the page and the server report it. A real build would take it from its tag. */
export const RELEASE = "1.4.0";
