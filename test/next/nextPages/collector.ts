import { createCollector, sharedCollector } from "@rumkit/server";
import { catalog } from "./catalog";

export const getCollector = sharedCollector(catalog, () => createCollector({ catalog }));
