/** Packages without types of their own. */
declare module "express-4";
declare module "polka";
