/**
 * The plan for 10 k, 100 k and 1 M events a second, and what the loss of one machine does: `npm run bench -- simulation`.
 *
 * Computed from the costs in scaling/unitCosts.ts. docs/scaling.md has these tables; `npm run generate` writes them there.
 */
import { renderCosts, renderPlan, renderSimulation } from "./scaling/tables.ts";

for (const table of [renderCosts(), renderPlan(), renderSimulation()]) console.log(`\n${table}`);
