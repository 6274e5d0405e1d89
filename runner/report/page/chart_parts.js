// ---- what all charts share: colours, axes, labels that do not collide, legends beside them ----

const darkByChoice = window.matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkByChoice.matches);
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

// Okabe and Ito's colours, which the colour-blind can tell apart; lighter ones on dark ground.
const palette = () => isDark() ?
    ["#56b4e9", "#e69f00", "#2fbf9b", "#f0e442", "#cc79a7", "#ff7f50", "#9ecae1", "#bdbdbd"] :
    ["#0072b2", "#d55e00", "#009e73", "#b8860b", "#aa4488", "#56b4e9", "#7f7f7f", "#444444"];
const series = (i) => palette()[i % palette().length];

const goldenAngle = 137.508;  // neighbours are far apart on the circle of hues, however many there are
/// Of each run of the list its colour: of few, those that are told apart best.
const coloursOf = (list) => new Map(list.map(
    (run, i) => [run,
        list.length <= palette().length ? series(i) :
                                          `hsl(${Math.round(run * goldenAngle) % 360} 60% ${isDark() ? 66 : 40}%)`]));
const faded = (any) => (any.startsWith("hsl") ? any.replace(")", " / 15%)") : `${any}26`);

const axis = (title, more = {}) => ({
    title: {display: Boolean(title), text: title, color: colour("--faint")},
    grid: {color: colour("--line")},
    border: {color: colour("--line")},
    ...more,
    ticks: {color: colour("--faint"), maxRotation: 0, autoSkipPadding: 16, includeBounds: false, ...more.ticks},
});

// On a logarithmic axis every step has a line, but only these have room for a number.
const toldSteps = [1, 2, 5];
const logarithmicTicks = {
    callback: (value) => {
        const first = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
        return toldSteps.some((step) => Math.abs(step - first) < 1e-6) ? number(value) : "";
    }
};

const commonOptions = (scales, plugins = {}) => ({
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    locale: "en",  // 0.5, not 0,5: as in the tables
    scales,
    plugins: {legend: {display: false}, ...plugins},
});

const fontOfLabels = "11px system-ui, sans-serif";

/// Names beside points: the important ones first, and none where it would lie on another or on a point.
const pointNames = (points) => ({
    id: "pointNames",
    afterDatasetsDraw(chart) {
        const {ctx: context, chartArea: area} = chart;
        const places = points().map(
            (point) => ({...point, ...chart.getDatasetMeta(point.dataset).data[point.index].getProps(["x", "y"])}));
        const height = 12;
        const gap = 7;
        const taken = places.map(({x, y}) => ({left: x - 4, right: x + 4, top: y - 4, bottom: y + 4}));
        const isFree = (box) => box.left >= area.left && box.right <= area.right && box.top >= area.top &&
            box.bottom <= area.bottom &&
            !taken.some((other) => box.left < other.right && other.left < box.right && box.top < other.bottom &&
                    other.top < box.bottom);
        context.save();
        context.font = fontOfLabels;
        context.textBaseline = "middle";
        context.lineWidth = 4;
        context.lineJoin = "round";
        for (const {x, y, text, bold} of places.sort((a, b) => b.weight - a.weight)) {
            context.font = bold ? `bold ${fontOfLabels}` : fontOfLabels;
            const width = context.measureText(text).width;
            const spots = [
                [x + gap, y], [x - gap - width, y], [x - width / 2, y - height], [x - width / 2, y + height],
                [x + gap, y - height], [x + gap, y + height]
            ];
            const spot = spots.find(([left,
                middle]) => isFree({left, right: left + width, top: middle - height / 2, bottom: middle + height / 2}));
            if (!spot) continue;
            taken.push(
                {left: spot[0], right: spot[0] + width, top: spot[1] - height / 2, bottom: spot[1] + height / 2});
            context.strokeStyle = colour("--panel");
            context.strokeText(text, ...spot);  // so that lines end before it
            context.fillStyle = colour(bold ? "--text" : "--faint");
            context.fillText(text, ...spot);
        }
        context.restore();
    },
});

/// Where a figure may lie, or from the smallest to the largest repeat, as a line with an end at each; without an end
/// where nothing bounds it. `at` is the place on the other axis.
const whiskers = (intervals, isVertical) => ({
    id: isVertical ? "whiskersUp" : "whiskersAside",
    afterDatasetsDraw(chart) {
        const {ctx: context, chartArea: area, scales: {x, y}} = chart;
        context.save();
        context.strokeStyle = colour("--text");
        const all = intervals();
        const few = 30;
        context.globalAlpha = all.length > few ? 0.35 : 0.7;
        const half = 3;
        const openEnd = 24;  // pixels of a line that goes on
        for (const {at, low, high} of all) {
            const across = (isVertical ? x : y).getPixelForValue(at);
            const along = (value) => (isVertical ? y : x).getPixelForValue(value);
            const from = along(low);
            const to = high === null ?
                (isVertical ? Math.max(from - openEnd, area.top) : Math.min(from + openEnd, area.right)) :
                along(high);
            const line = (a, b) => {
                context.moveTo(...(isVertical ? [a[1], a[0]] : a));
                context.lineTo(...(isVertical ? [b[1], b[0]] : b));
            };
            context.setLineDash(high === null ? [3, 3] : []);
            context.beginPath();
            line([from, across], [to, across]);
            line([from, across - half], [from, across + half]);
            if (high !== null) line([to, across - half], [to, across + half]);
            context.stroke();
        }
        context.restore();
    },
});

/// Lines across the chart, each with what it is: a ceiling, a peak.
const limitLines = (lines, isVertical = false) => ({
    id: "limitLines",
    afterDatasetsDraw(chart) {
        const {ctx: context, chartArea: area, scales: {x, y}} = chart;
        context.save();
        context.font = fontOfLabels;
        context.setLineDash([6, 4]);
        for (const {value, text, stroke} of lines(chart)) {
            const at = (isVertical ? x : y).getPixelForValue(value);
            const isInside = isVertical ? at >= area.left && at <= area.right : at >= area.top && at <= area.bottom;
            if (!isInside) continue;
            context.strokeStyle = context.fillStyle = colour(stroke);
            context.beginPath();
            context.moveTo(...(isVertical ? [at, area.top] : [area.left, at]));
            context.lineTo(...(isVertical ? [at, area.bottom] : [area.right, at]));
            context.stroke();
            const width = context.measureText(text).width;
            if (isVertical) context.fillText(text, Math.min(at + 4, area.right - width), area.top + 10);
            else
                context.fillText(text, area.right - width - 4, at < area.top + 16 ? at + 13 : at - 4);
        }
        context.restore();
    },
});

const ceilingLines = (by) => () => {
    const bytes = ceiling();
    return bytes === null ? [] : [{value: bytes / by, text: `≤ ${ceilingText(bytes)}`, stroke: "--bad"}];
};

/// What the colours of a chart mean.
const fillKey = (figure, entries) =>
    figure.querySelector(".legend").replaceChildren(...entries.map(([text, own]) => {
        const entry = make("span", {className: "entry"}, make("span", {className: "swatch"}), text);
        entry.firstChild.style.background = own;
        return entry;
    }));

/// The runs beside a chart: who points at one sees it alone, who clicks opens it.
const fillLegend = (figure, list, focus, without = -1) => {
    const names = shortNames(list, mostLetters, without);
    const colours = coloursOf(list);
    const place = figure.querySelector(".legend");
    const key = keyOfShortNames(list, without);
    place.replaceChildren(...(key ? [make("p", {className: "note", textContent: key})] : []), ...list.map((run) => {
        const entry = make("button",
            {type: "button", title: runs[run].name, className: run === state.reference ? "reference" : ""},
            make("span", {className: "swatch"}), names.get(run));
        entry.firstChild.style.background = colours.get(run);
        for (const event of ["mouseenter", "focus"]) entry.addEventListener(event, () => focus(run));
        for (const event of ["mouseleave", "blur"]) entry.addEventListener(event, () => focus(null));
        entry.addEventListener("click", () => update({open: run}));
        return entry;
    }));
};

/// All datasets but those of the run step back.
const highlight = (chart, run) => {
    for (const dataset of chart.data.datasets) {
        const isBehind = run !== null && dataset.run !== run;
        dataset.borderColor = isBehind ? faded(dataset.ownColour) : dataset.ownColour;
        dataset.borderWidth = !isBehind && run !== null ? 3 : dataset.ownWidth;
        dataset.order = run !== null && !isBehind ? -1 : 0;
    }
    chart.tidemarkFocus = run;
    chart.update("none");
};

// With the arrow keys one goes from point to point, as the mouse does.
const steps = (chart) =>
    chart.data.datasets
        .flatMap((dataset, datasetIndex) => dataset.data.map((point, index) => ({datasetIndex, index, point})))
        .filter(({point}) => !Number.isNaN(point?.y));
const walk = (event, chart) => {
    const direction = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!direction) return;
    event.preventDefault();
    const all = steps(chart);
    if (!all.length) return;
    chart.tidemarkStep = ((chart.tidemarkStep ?? (direction > 0 ? -1 : 0)) + direction + all.length) % all.length;
    const active = [all[chart.tidemarkStep]];
    const {x, y} = chart.getDatasetMeta(active[0].datasetIndex).data[active[0].index];
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, {x, y});
    chart.update("none");
};

// ---- a chart is drawn when it comes near the screen, and again when what it shows has changed ----

const drawers = {};  // by the id of the figure: makes the chart, or nothing where there is nothing to draw
const leastHeight = 320;
const charts = new Map();
const outdated = new Set();

const drawOne = (figure) => {
    outdated.delete(figure);
    charts.get(figure)?.destroy();
    charts.delete(figure);
    const canvas = figure.querySelector("canvas");
    const note = figure.querySelector(".note:last-child");
    note.textContent = "";
    figure.querySelector(".canvas").style.height = `${leastHeight}px`;
    const chart = drawers[figure.id](canvas, figure, note);
    figure.classList.toggle("empty", !chart);
    if (!chart) return;
    charts.set(figure, chart);
    canvas.onkeydown = (event) => walk(event, chart);
    root.dataset.charts = String(charts.size);
};
const drawWhatIsNear = () => {
    const far = 400;
    for (const figure of outdated) {
        const {top, bottom} = figure.getBoundingClientRect();
        if (bottom > -far && top < window.innerHeight + far) drawOne(figure);
    }
};
const drawAll = () => {
    for (const figure of outdated) drawOne(figure);
};

const allFigures = () => [...document.querySelectorAll(".charts figure")];
let drawing = 0;
const drawSoon = () => {
    for (const figure of allFigures()) outdated.add(figure);
    clearTimeout(drawing);
    drawing = setTimeout(drawWhatIsNear, 60);
};
