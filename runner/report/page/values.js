// ---- what the page knows, and how it writes figures ----

const data = JSON.parse(document.getElementById("data").textContent);
const runs = data.runs ?? [];
const columns = data.columns ?? [];
const root = document.documentElement;

/// A text in the language of the page, with `{0}` filled in.
const t = (english, ...parts) =>
    (data.texts[english] ?? english).replace(/\{(\d)\}/g, (whole, place) => parts[Number(place)] ?? whole);

/// An element with its properties, or attributes where it has no such property, and what is in it.
const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
        if (name in element) element[name] = value;
        else
            element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
};

const columnNamed = (name) => columns.findIndex((column) => column.name === name);
const peakColumn = columnNamed("peak_rss_bytes");
const timeColumn = columnNamed("wall_s");
const parameterColumns = columns.map((_, i) => i).filter((i) => columns[i].kind === "parameter");

const isNumber = (value) => typeof value === "number";
const figureOf = (run, column) => (isNumber(runs[run]?.values[column]) ? runs[run].values[column] : null);

/// Three digits, as a table has them at a glance.
const number = (value) => {
    const size = Math.abs(value);
    return value.toLocaleString("en",
        {maximumFractionDigits: size >= 100 ? 0 :
                size >= 10                  ? 1 :
                size >= 1                   ? 2 :
                                              3,
            useGrouping: size >= 10000});
};

/// In the unit of the column, as its table has it.
const withUnit = (text, unit) => (unit.startsWith("/") ? text + unit : unit ? `${text} ${unit}` : text);
const figureText = (column, value) => {
    const {by, unit} = columns[column];
    return withUnit(number(value / by), unit);
};

/// Where the peak may lie, instead of a guess: `73–277 MiB`, `≥ 73 MiB`.
const knownText = (run, column) => {
    const doubt = runs[run].doubts[column];
    const value = figureOf(run, column);
    if (value === null) return "";
    if (!doubt) return figureText(column, value);
    if (doubt[1] === null) return `≥ ${figureText(column, doubt[0])}`;
    return `${number(doubt[0] / columns[column].by)}–${figureText(column, doubt[1])}`;
};

const kibibyte = 1024;
const byteSizes = {
    b: 1,
    kib: kibibyte,
    mib: kibibyte ** 2,
    gib: kibibyte ** 3,
    tib: kibibyte ** 4,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
    k: kibibyte,
    m: kibibyte ** 2,
    g: kibibyte ** 3
};
const otherSizes = {
    "%": 0.01,
    ms: 1e-3,
    s: 1,
    min: 60,
    h: 3600
};

/// `1.5 GiB`, `20 s`, `85 %`; a bare number is in the unit of the column, or bytes where there is none. NaN of anything
/// else.
const amountOf = (text, by = 1) => {
    const parts = /^\s*([-+]?[\d.]+(?:e[-+]?\d+)?)\s*([a-z%]*)\s*$/i.exec(text);
    if (!parts) return NaN;
    const [, digits, unit] = parts;
    if (!unit) return Number(digits) * by;
    return Number(digits) * (byteSizes[unit.toLowerCase()] ?? otherSizes[unit.toLowerCase()] ?? NaN);
};

/// By how much a figure is another than that of the reference: `−31 %`, `12×`, of shares in points.
const deltaText = (value, reference, unit) => {
    if (unit === "%") {
        const points = (value - reference) * 100;
        return Math.abs(points) < 0.005 ? "=" : `${points > 0 ? "+" : "−"}${Number(Math.abs(points).toPrecision(2))} pp`;
    }
    if (reference === 0) return value === 0 ? "=" : "";
    const ratio = value / reference;
    const muchMore = 10;
    if (ratio >= muchMore) return `${number(ratio)}×`;
    const percent = (ratio - 1) * 100;
    if (Math.abs(percent) < 0.05) return "=";
    return `${percent > 0 ? "+" : "−"}${
        Math.abs(percent) < 10 ? Math.abs(percent).toFixed(1) : Math.abs(percent).toFixed(0)} %`;
};

/// From where to where a figure of a run may lie: by its repeats, and by the bounds of what was measured.
const spanOf = (run, column) => {
    const value = figureOf(run, column);
    if (value === null) return null;
    const known = [runs[run].ranges[column], runs[run].doubts[column]].filter(Boolean);
    const highs = known.map(([, high]) => high ?? Infinity);
    return [Math.min(value, ...known.map(([low]) => low)), Math.max(value, ...highs)];
};

/// Whether a figure is better or worse than the reference; neither where they may be the same.
const judgement = (better, [low, high], [otherLow, otherHigh]) => {
    if (better !== "less" && better !== "more") return "";
    if (low <= otherHigh && otherLow <= high) return "";
    return low < otherLow === (better === "less") ? "better" : "worse";
};

// ---- short names: by what differs ----

const mostLetters = 56;
const mostOfPart = [20, 12, 8, 6];  // of one value among others: the first with which the whole is short enough
const cut = (text, most) => {
    const letters = [...text];
    if (letters.length <= most) return text;
    const half = Math.floor((most - 1) / 2);
    return `${letters.slice(0, half).join("")}…${letters.slice(letters.length - half).join("")}`;
};

const parameterText = (run, column) => runs[run].told[column] ?? String(runs[run].values[column] ?? "–");
const differingParameters = (list) => parameterColumns.filter(
    (column) => list.some((run) => parameterText(run, column) !== parameterText(list[0], column)));
const hasOwnName = (run) => !parameterColumns.some((column) => runs[run].name.includes(`${columns[column].name}=`));

const beginning = (text, most) => ([...text].length <= most ? text : `${[...text].slice(0, most - 1).join("")}…`);
const partOfName = (run, column, most) => {
    const text = parameterText(run, column);
    if (text === "true") return beginning(columns[column].name, most);
    return text === "false" ? `no ${beginning(columns[column].name, most)}` : beginning(text, most);
};
const nameByValues = (run, differing, most) => {
    const names = mostOfPart.map((letters) => differing.map((column) => partOfName(run, column, letters)).join(" · "));
    return names.find((name) => [...name].length <= most) ?? cut(names.at(-1), most);
};

/// Of each run of the list a name that no other of them has: its own, or the values in which they differ.
/// `without`: a parameter over which runs are put together.
const shortNames = (list, most = mostLetters, without = -1) => {
    const differing = (list.length ? differingParameters(list) : []).filter((column) => column !== without);
    const short = (run) =>
        (hasOwnName(run) || !differing.length ? cut(runs[run].name, most) : nameByValues(run, differing, most));
    const names = new Map(list.map((run) => [run, short(run)]));
    const counts = new Map();
    for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [run, name] of names)
        if (counts.get(name) > 1) names.set(run, runs[run].name);
    return names;
};
/// What the values in such names are of; empty where runs have names of their own.
const keyOfShortNames = (list, without = -1) => {
    if (list.some(hasOwnName)) return "";
    return differingParameters(list)
        .filter((column) => column !== without)
        .map((column) => columns[column].name)
        .join(" · ");
};
