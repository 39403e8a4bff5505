/** The default theme with the fonts of the reader's system: the site requests nothing from elsewhere, and loads sooner. */
export { default } from "vitepress/theme-without-fonts";
