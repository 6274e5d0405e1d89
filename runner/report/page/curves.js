// ---- any metric by epoch: the median of the repeats, and a band from the smallest to the largest ----

const scaleOf = ({metric, kind}) => {
    const column = columnNamed(metric);
    if (column >= 0) return {by: columns[column].by, unit: columns[column].unit};
    return kind === "fraction" ? {by: 0.01, unit: "%"} :
                                 {by: 1,
                                     unit: kind === "seconds" ? "s" :
                                         kind === "bytes"     ? "B" :
                                                                ""};
};

const metricShown = () => data.curves.find(({metric}) => metric === state.metric) ??
    data.curves.find(({metric}) => metric === "accuracy") ?? data.curves[0];

/// An epoch that is not there is a gap, and no line goes across it.
const withGaps = (points, by) => {
    const distances = points.slice(1).map(([epoch], i) => epoch - points[i][0]);
    const usual = Math.min(...distances);
    return points.flatMap(([epoch, median, low, high], i) => {
        const own = {x: epoch, y: median / by, low: (low ?? median) / by, high: (high ?? median) / by};
        return i > 0 && epoch - points[i - 1][0] > usual ? [{x: epoch - usual / 2, y: NaN}, own] : [own];
    });
};

/// The points between gaps.
const pieces = (points) => {
    const found = [[]];
    for (const point of points) {
        if (Number.isNaN(point.y)) found.push([]);
        else
            found.at(-1).push(point);
    }
    return found;
};

// ---- runs that differ in their seed alone are repeats of one training ----

const seedColumn = parameterColumns.find((column) => /(^|[._-])seed$/.test(columns[column].name)) ?? -1;

/// The runs that are drawn as one, by the first of them.
const together = (shown) => {
    const groups = new Map();
    for (const run of shown) {
        const own =
            parameterColumns.filter((column) => column !== seedColumn).map((column) => parameterText(run, column));
        const key = JSON.stringify(seedColumn < 0 || state.seeds === "apart" || hasOwnName(run) ? run : own);
        groups.set(key, [...(groups.get(key) ?? []), run]);
    }
    return new Map([...groups.values()].map((group) => [group[0], group]));
};

const medianOf = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/// Epoch by epoch the median of the curves, and from the lowest to the highest of their repeats.
const mergedCurves = (curves) => {
    if (curves.length === 1) return curves[0];
    const byEpoch = new Map();
    for (const point of curves.flat()) byEpoch.set(point[0], [...(byEpoch.get(point[0]) ?? []), point]);
    return [...byEpoch]
        .sort(([a], [b]) => a - b)
        .map(([epoch, points]) => [epoch, medianOf(points.map(([, median]) => median)),
                 Math.min(...points.map(([, median, low]) => low ?? median)),
                 Math.max(...points.map(([, median, , high]) => high ?? median))]);
};

const chooseSeeds = (place) => {
    const box = make("input", {type: "checkbox"});
    box.addEventListener("change", () => update({seeds: box.checked ? "" : "apart"}));
    place.append(make("label", {className: "seeds"}, box, ` ${t("seeds together")}`), " ");
};

const mostBands = 8;  // more hide the lines; then the one that is pointed at has its band

const bands = {
    id: "bands",
    beforeDatasetsDraw(chart) {
        const {ctx: context, scales: {x, y}} = chart;
        if (chart.data.datasets.length > mostBands && (chart.tidemarkFocus ?? null) === null) return;
        context.save();
        context.globalAlpha = 0.18;
        for (const dataset of chart.data.datasets) {
            if ((chart.tidemarkFocus ?? dataset.run) !== dataset.run) continue;
            context.fillStyle = dataset.ownColour;
            for (const piece of pieces(dataset.data)) {
                context.beginPath();
                for (const point of piece) context.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.high));
                for (const point of piece.reverse())
                    context.lineTo(x.getPixelForValue(point.x), y.getPixelForValue(point.low));
                context.fill();
            }
        }
        context.restore();
    },
};

const chooseMetric = (figure, chosen) => {
    const place = figure.querySelector(".choice");
    if (!place.firstChild) {
        if (seedColumn >= 0) chooseSeeds(place);
        const select = make("select", {});
        select.setAttribute("aria-label", t("metric"));
        for (const {metric, heading} of data.curves) select.add(new Option(heading, metric));
        select.addEventListener("change", () => update({metric: select.value}));
        place.append(select);
    }
    place.querySelector("select").value = chosen.metric;
    const box = place.querySelector(".seeds input");
    if (box) box.checked = state.seeds !== "apart";
};

drawers.curves = (canvas, figure) => {
    const chosen = metricShown();
    chooseMetric(figure, chosen);
    const byRun = new Map(chosen.curves);
    const groups = together(visibleRuns().filter((run) => byRun.has(run)));
    const shown = [...groups.keys()];
    figure.querySelector(".legend").replaceChildren();
    if (!shown.length) return null;
    const {by, unit} = scaleOf(chosen);
    const isJoined = shown.length < [...groups.values()].flat().length;
    const names = isJoined ? shortNames(shown, mostLetters, seedColumn) : null;
    const colours = coloursOf(shown);
    const manyPoints = 30;  // no longer drawn as such
    const manyLines = 24;
    const chart = new Chart(canvas, {
        type: "line",
        data: {
            datasets: shown.map((run) => {
                const group = groups.get(run);
                const points = withGaps(mergedCurves(group.map((own) => byRun.get(own))), by);
                const width = group.includes(state.reference) ? 3 : shown.length > manyLines ? 1 : 1.8;
                return {
                    label: names?.get(run) ?? runs[run].name,
                    run,
                    data: points,
                    ownColour: colours.get(run),
                    ownWidth: width,
                    borderColor: colours.get(run),
                    backgroundColor: colours.get(run),
                    borderWidth: width,
                    pointRadius: points.length > manyPoints || shown.length > manyLines ? 0 : 2,
                    pointHoverRadius: 5
                };
            })
        },
        options: commonOptions({
            x: axis(t("epoch"), {type: "linear", ticks: {precision: 0}}),
            y: axis(unit && !unit.startsWith("/") ? `${chosen.heading} (${unit})` : chosen.heading + unit,
                {ticks: {callback: number}, grace: "5%"}),
        },
            {
                tooltip: {
                    callbacks: {
                        title: ([item]) => `${t("epoch")} ${item.raw.x}`,
                        label: ({dataset, raw}) => `${dataset.label}: ${withUnit(number(raw.y), unit)}` +
                            (raw.low === raw.high ? "" : ` (${number(raw.low)}–${number(raw.high)})`)
                    }
                }
            }),
        plugins: [bands],
    });
    fillLegend(figure, shown, (run) => highlight(chart, run), isJoined ? seedColumn : -1);
    return chart;
};
