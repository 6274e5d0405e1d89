// ---- memory against time, memory by part, predicted against measured ----

const spread = (values) => Math.max(...values) / Math.max(Math.min(...values), Number.MIN_VALUE);
const wide = 30;  // from here on, small values would lie on top of each other on a linear axis

/// An axis with room around the points, but none below nothing at all.
const axisFor = (title, values) => {
    const least = Math.min(...values);
    const most = Math.max(...values);
    if (least > 0 && spread(values) > wide)
        return axis(title, {type: "logarithmic", min: least / 1.3, max: most * 1.3, ticks: logarithmicTicks});
    const room = 0.08 * (most - least || most || 1);
    return axis(
        title, {type: "linear", min: least < 2 * room ? 0 : least - room, max: most + room, ticks: {callback: number}});
};
const titleWithUnit = (column) => {
    const {heading, unit} = columns[column];
    return unit ? `${heading} (${unit})` : heading;
};

/// Those that no other takes less of both than.
const frontOf = (points) => {
    const front = [];
    for (const point of [...points].sort((a, b) => a.x - b.x || a.y - b.y))
        if (!front.length || point.y < front.at(-1).y) front.push(point);
    return new Set(front);
};

/// The interval of a figure that a chart shows: where it may lie, else what the repeats say. Of many runs that of the
/// reference alone, or one would see nothing else.
const mostIntervals = 100;
const intervalsOf = (points, column, across) => {
    const {by} = columns[column];
    return points.filter((point) => points.length <= mostIntervals || point.run === state.reference)
        .map((point) => ({point, interval: runs[point.run].doubts[column] ?? runs[point.run].ranges[column]}))
        .filter(({interval}) => interval)
        .map(({point, interval: [low, high]}) =>
                 ({at: point[across], low: low / by, high: high === null ? null : high / by}));
};

drawers.costs = (canvas, figure) => {
    if (peakColumn < 0 || timeColumn < 0) return null;
    const shown = visibleRuns().filter(
        (run) => runs[run].ok && figureOf(run, peakColumn) !== null && figureOf(run, timeColumn) !== null);
    if (!shown.length) return null;
    const scaled = (run, column) => figureOf(run, column) / columns[column].by;
    const points = shown.map((run) => ({x: scaled(run, timeColumn), y: scaled(run, peakColumn), run}));
    const ups = intervalsOf(points, peakColumn, "x");
    const asides = intervalsOf(points, timeColumn, "y");
    const frontSet = frontOf(points);
    const front = points.filter((point) => frontSet.has(point)).sort((a, b) => a.x - b.x);
    const rest = points.filter((point) => !frontSet.has(point));
    const names = shortNames(shown);
    const reached = (values,
        intervals) => [...values, ...intervals.flatMap(({low, high}) => (high === null ? [low] : [low, high]))];
    const sets = [
        {
            label: t("Pareto front: no run takes less of both"),
            data: front,
            showLine: true,
            borderWidth: 1.5,
            colour: series(1)
        },
        {label: t("other runs"), data: rest, colour: series(0)}
    ].filter((set) => set.data.length);
    const radius = points.length > 200 ? 3 : 5;
    fillKey(figure, sets.map(({label, colour: own}) => [label, own]));
    const weight = ({run}) => (run === state.reference ? 2 : 0);
    return new Chart(canvas, {
        type: "scatter",
        data: {
            datasets: sets.map(({colour: own, ...set}) => ({
                ...set,
                borderColor: own,
                backgroundColor: own,
                pointHoverRadius: 8,
                pointRadius: set.data.map(({run}) => (run === state.reference ? radius + 2 : radius)),
                pointStyle: set.data.map(({run}) => (run === state.reference ? "rectRot" : "circle"))
            }))
        },
        options: {
            ...commonOptions({
                x: axisFor(titleWithUnit(timeColumn), reached(points.map(({x}) => x), asides)),
                y: axisFor(titleWithUnit(peakColumn), reached(points.map(({y}) => y), ups)),
            },
                {
                    tooltip: {
                        callbacks: {
                            label: ({raw: {run}}) => `${runs[run].name}: ${knownText(run, peakColumn)}, ${
                                figureText(timeColumn, figureOf(run, timeColumn))}`
                        }
                    }
                }),
            onClick: (event, [hit], chart) =>
                hit && update({reference: chart.data.datasets[hit.datasetIndex].data[hit.index].run}),
        },
        plugins: [
            whiskers(() => ups, true),
            whiskers(() => asides, false),
            limitLines(ceilingLines(columns[peakColumn].by)),
            pointNames(() => sets.flatMap(({data: own}, dataset) => own.map((point, index) => ({
                dataset,
                index,
                text: names.get(point.run),
                bold: point.run === state.reference,
                weight: weight(point) + (frontSet.has(point) ? 1 : 0)
            })))),
        ],
    });
};

const mostBars = 40;
drawers.parts = (canvas, figure, note) => {
    const byRun = new Map(data.parts.map(([run, bytes, doubt]) => [run, {bytes, doubt}]));
    const all = visibleRuns().filter((run) => byRun.has(run));
    if (!all.length) return null;
    const sum = (values) => values.reduce((a, b) => a + b, 0);
    const shown = [...all].sort((a, b) => sum(byRun.get(b).bytes) - sum(byRun.get(a).bytes)).slice(0, mostBars);
    if (shown.length < all.length)
        note.textContent = t("the {0} with the highest peaks of {1} runs", shown.length, all.length);
    const {by, unit} = columns[peakColumn];
    const mostOfLabel = 44;
    const names = shortNames(shown, mostOfLabel);
    const uncertain =
        shown.map((run, i) => ({at: i, interval: byRun.get(run).doubt}))
            .filter(({interval}) => interval)
            .map(({at, interval: [low, high]}) => ({at, low: low / by, high: high === null ? null : high / by}));
    // what is not known is grey
    const ownColour = (part) =>
        (!data.attributed && part + 1 === data.part_names.length ? colour("--faint") : series(part));
    fillKey(figure, data.part_names.map((name, part) => [name, ownColour(part)]));
    const heightOfBar = 22;
    figure.querySelector(".canvas").style.height = `${Math.max(140, 70 + heightOfBar * shown.length)}px`;
    return new Chart(canvas, {
        type: "bar",
        data: {
            labels: shown.map((run) => `${run === state.reference ? "▸ " : ""}${cut(names.get(run), mostOfLabel)}`),
            datasets: data.part_names.map((name, part) => ({
                label: name,
                data: shown.map((run) => byRun.get(run).bytes[part] / by),
                backgroundColor: ownColour(part),
                maxBarThickness: 30
            })),
        },
        options: {
            ...commonOptions({
                x: axis(titleWithUnit(peakColumn), {
                    stacked: true,
                    ticks: {callback: number},
                    suggestedMax: Math.max(0, ...uncertain.map(({low, high}) => high ?? low))
                }),
                y: axis("", {stacked: true, grid: {display: false}, ticks: {autoSkip: false, color: colour("--text")}}),
            },
                {
                    tooltip: {
                        callbacks: {
                            title: ([item]) => runs[shown[item.dataIndex]].name,
                            label: ({dataset, raw}) => `${dataset.label}: ${withUnit(number(raw), unit)}`
                        }
                    }
                }),
            indexAxis: "y",
            interaction: {mode: "index", axis: "y", intersect: false},
            onClick: (event, [hit]) => hit && update({reference: shown[hit.index]}),
        },
        plugins: [whiskers(() => uncertain, false), limitLines(ceilingLines(by), true)],
    });
};

/// A column `predicted_X` and what it predicts; of the whole, the measured peak.
const predictions = columns.map(({name}, predicted) => ({predicted, name}))
                        .filter(({name}) => name.startsWith("predicted_"))
                        .map(({predicted, name}) => {
                            const what = name.slice("predicted_".length);
                            return {predicted, measured: what === "total_bytes" ? peakColumn : columnNamed(what)};
                        })
                        .filter(({measured}) => measured >= 0);

drawers.predicted = (canvas, figure) => {
    const shown = visibleRuns();
    const sets =
        predictions
            .map(({predicted, measured}, i) => ({
                label: columns[measured].heading,
                measured,
                colour: series(i),
                data: shown.filter((run) => figureOf(run, predicted) > 0 && figureOf(run, measured) > 0).map((run) => ({
                    x: figureOf(run, predicted) / columns[peakColumn].by,
                    y: figureOf(run, measured) / columns[peakColumn].by,
                    run
                })),
            }))
            .filter((set) => set.data.length);
    if (!sets.length) return null;
    const values = sets.flatMap((set) => set.data.flatMap(({x, y}) => [x, y]));
    const {unit} = columns[peakColumn];
    fillKey(figure, sets.map(({label, colour: own}) => [label, own]));
    const diagonal = {
        id: "diagonal",  // where both are the same
        beforeDatasetsDraw({ctx: context, scales: {x, y}}) {
            context.save();
            context.strokeStyle = colour("--faint");
            context.setLineDash([4, 4]);
            context.beginPath();
            context.moveTo(x.getPixelForValue(x.min), y.getPixelForValue(x.min));
            context.lineTo(x.getPixelForValue(x.max), y.getPixelForValue(x.max));
            context.stroke();
            context.restore();
        },
    };
    return new Chart(canvas, {
        type: "scatter",
        data: {
            datasets:
                sets.map(({colour: own, ...set}) => ({...set, backgroundColor: own, borderColor: own, pointRadius: 4}))
        },
        options: commonOptions(
            {x: axisFor(`${t("predicted")} (${unit})`, values), y: axisFor(`${t("as measured")} (${unit})`, values)}, {
                tooltip: {
                    callbacks: {
                        label: ({dataset, raw}) => `${runs[raw.run].name}, ${dataset.label}: ${t("predicted")} ${
                            number(raw.x)}, ${t("as measured")} ${number(raw.y)} ${unit}`
                    }
                }
            }),
        plugins: [diagonal],
    });
};
