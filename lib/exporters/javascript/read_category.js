/** The code of a category: 0 where it is missing, 1 when it is unknown. */
function readCategory(record, { name }, codes) {
  const value = valueOf(record, name);
  if (value === undefined || Number.isNaN(value)) return 0;
  switch (typeof value) {
    case "string":
      return codes.get(value) ?? codes.get(parseNumber(value)) ?? 1;
    case "number":
      return (Number.isSafeInteger(value) ? codes.get(`${value}`) : undefined)
        ?? codes.get(value) ?? 1;
    case "bigint":
      return codes.get(`${value}`) ?? codes.get(Number(value)) ?? 1;
    case "boolean": {
      const spellings = value ? ["true", "True", "TRUE"] : ["false", "False", "FALSE"];
      return codes.get(spellings.find((spelling) => codes.has(spelling))) ?? 1;
    }
    default:
      throw fieldError(name, `${inWords(value)} is not a string`);
  }
}
