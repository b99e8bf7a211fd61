declare module "virtual:emoji" {
  /** Sign, group, names in Russian, names in English; see `scripts/emoji.ts`. */
  const rows: readonly [string, number, readonly string[], readonly string[]][];
  export default rows;
}
