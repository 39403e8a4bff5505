/** Packages without types. */
declare module "express-4";
declare module "polka";
