/** What importing one chapter may cost a page: kilobytes of minified, gzipped script, kernels included. */
export const CEILINGS_KB: Readonly<Record<string, number>> = {};
