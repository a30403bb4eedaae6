/** Tables of every kind of column that our writer is proven on, by number; made the same in the tests. */
export function tables(Table) {
  const n = 40;
  const at = (f) => Array.from({ length: n }, (_, i) => f(i));
  const every = Table.fromColumns([
    ["id", at((i) => i)],
    ["real", at((i) => (i % 7 === 3 ? null : (i - 20) / 3))],
    ["single", at((i) => (i % 5 === 0 ? null : i / 4))],
    ["whole", at((i) => i * 2 ** 45 - 2 ** 50)],
    ["flag", at((i) => (i % 9 === 4 ? null : i % 2 === 0))],
    ["city", at((i) => (i % 11 === 5 ? null : ["Oslo", "Rome", "Lima", "Zürich"][(i * i) % 4]))],
    ["note", at((i) => (i % 13 === 1 ? null : `note ${i} ${["", "é", "😀", "😀é"][i % 4]}`))],
    ["day", at((i) => (i % 8 === 2 ? null : new Date(86_400_000 * (i * 137 - 900) + 1001 * i)))],
    ["gap", at(() => null)],
  ]);
  const long = Table.fromColumns({
    k: Array.from({ length: 300 }, (_, i) => `k${(i >> 4) % 9}`),
    v: Array.from({ length: 300 }, (_, i) => i >> 5),
  });
  return [
    { table: every, options: { types: { id: "int32", single: "float", whole: "int64" } } },
    { table: every, options: { groupRows: 16, compression: "none" } },
    { table: long, options: { groupRows: 128, types: { v: "int32" } } },
    { table: every.head(0), options: {} },
  ];
}
