/** As it is before another script replaces it. */
export const { stringify } = JSON;
