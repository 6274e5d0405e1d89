// ---- the filter: each word must hold for a run by itself, in one of its fields ----
// `baseline 16` finds the runs with a parameter that is 16, not those with a 16 anywhere in their figures.

const wordsOf = (text) => [...text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+(?:"[^"]*"?)?))/g)]
                              .map(([, minus, quoted, plain]) => ({
                                  excludes: minus === "-",
                                  text: quoted ?? plain.replaceAll("\"", ""),
                                  isQuoted: quoted !== undefined,
                              }))
                              .filter((word) => word.text);

const aliases = {
    memory: "peak_rss_bytes",
    peak: "peak_rss_bytes",
    peak_rss: "peak_rss_bytes",
    time: "wall_s",
    wall: "wall_s"
};

const columnMeant = (name) => {
    const wanted = name.toLowerCase();
    const direct =
        columns.findIndex((column) => column.name.toLowerCase() === wanted || column.heading.toLowerCase() === wanted);
    return direct >= 0 ? direct : columnNamed(aliases[wanted] ?? "");
};

const isNumeric = (text) => text !== "" && !Number.isNaN(Number(text));
const same = (text, wanted) => text.toLowerCase() === wanted.toLowerCase() ||
    (isNumeric(text) && isNumeric(wanted) && Number(text) === Number(wanted));

/// A field as a text to compare with: a parameter as it was told.
const fieldText = (run, column) =>
    columns[column].kind === "parameter" ? parameterText(run, column) : String(runs[run].values[column] ?? "");

const comparisons = {
    "=": (run, column, wanted) =>
        same(fieldText(run, column), wanted) || figureOf(run, column) === amountOf(wanted, columns[column].by),
    ":": (run, column, wanted) => fieldText(run, column).toLowerCase().includes(wanted.toLowerCase()),
};
const orders = {
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b
};
for (const [sign, holds] of Object.entries(orders)) {
    comparisons[sign] = (run, column, wanted) => {
        const value = figureOf(run, column);
        return value !== null && holds(value, amountOf(wanted, columns[column].by));
    };
}

/// A number stands for a whole value; any other word for a part of a name, a parameter or a status.
const holdsOf = (run, word) => {
    const fields = columns.map((_, i) => i).filter((i) => columns[i].kind !== "figure").map((i) => fieldText(run, i));
    if (!word.isQuoted && isNumeric(word.text)) {
        return fields.some((field) => same(field, word.text)) ||
            runs[run].name.split(/[^\p{L}\d.]+/u).some((part) => same(part, word.text));
    }
    const wanted = word.text.toLowerCase();
    return fields.some((field) => field.toLowerCase().includes(wanted));
};

const conditionOf = (word) => {
    const parts = word.isQuoted ? null : /^(.+?)(<=|>=|=|<|>|:)(.*)$/.exec(word.text);
    const column = parts ? columnMeant(parts[1]) : -1;
    const holds = column >= 0 ? (run) => comparisons[parts[2]](run, column, parts[3]) : (run) => holdsOf(run, word);
    return word.excludes ? (run) => !holds(run) : holds;
};

const matchingRuns = (text) => {
    const conditions = wordsOf(text).map(conditionOf);
    return new Set(runs.map((_, run) => run).filter((run) => conditions.every((holds) => holds(run))));
};

/// The same of a row of a page that knows no runs: each word in one of its fields.
const rowMatches = (row, text) => wordsOf(text).every((word) => {
    const holds = [...row.cells].some((cell) => isNumeric(word.text) && !word.isQuoted ?
            same(cell.textContent, word.text) || cell.dataset.value === word.text :
            cell.textContent.toLowerCase().includes(word.text.toLowerCase()));
    return holds !== word.excludes;
});
