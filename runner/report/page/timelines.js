// ---- memory over time: several runs over each other, with phases, exact peak and ceiling ----

const mostTimelines = 8;  // more lie on top of each other

const timelineOf = new Map(
    (data.timelines ?? []).map(([run, points, phases, seconds, what]) => [run, {points, phases, seconds, what}]));

/// The reference first, whatever stands before it.
const timelinesShown = () => {
    const all = visibleRuns().filter((run) => timelineOf.has(run));
    const first = all.filter((run) => run === state.reference);
    const shown = new Set([...first, ...all.filter((run) => run !== state.reference)].slice(0, mostTimelines));
    return {all, shown: all.filter((run) => shown.has(run))};
};

/// The run whose phases and peak are drawn: the one that is pointed at, else the reference.
const inFront = (chart, shown) => chart.tidemarkFocus ?? (shown.includes(state.reference) ? state.reference : shown[0]);

// Bands behind the curves, each named, as far as there is room.
const phaseBands = (shown) => ({
    id: "phaseBands",
    beforeDatasetsDraw(chart) {
        const {ctx: context, chartArea: area, scales: {x}} = chart;
        const {phases, seconds} = timelineOf.get(inFront(chart, shown));
        context.save();
        context.font = fontOfLabels;
        phases.forEach(([name, start], i) => {
            const left = Math.max(area.left, x.getPixelForValue(start / columns[timeColumn].by));
            const end = i + 1 < phases.length ? phases[i + 1][1] : seconds;
            const right = Math.min(area.right, x.getPixelForValue(end / columns[timeColumn].by));
            if (right <= left) return;
            context.globalAlpha = i % 2 ? 0.04 : 0.12;
            context.fillStyle = colour("--accent");
            context.fillRect(left, area.top, right - left, area.bottom - area.top);
            context.globalAlpha = 1;
            context.fillStyle = colour("--faint");
            if (context.measureText(name).width + 6 < right - left) context.fillText(name, left + 4, area.top + 12);
        });
        context.restore();
    },
});
const phaseAt = (phases, time) => phases.filter(([, start]) => start <= time).map(([name]) => name).pop();

const peakLine = (chart, shown) => {
    const run = inFront(chart, shown);
    const peak = figureOf(run, peakColumn);
    if (peak === null) return [];
    return [
        {value: peak / columns[peakColumn].by, text: `${t("peak")}: ${knownText(run, peakColumn)}`, stroke: "--accent"}
    ];
};

const timelineDataset = (run, own, isAlone) => {
    const {points} = timelineOf.get(run);
    const width = run === state.reference ? 2.5 : 1.6;
    // nothing is drawn from a null to the next point; one alone between two of them makes no line
    const standsAlone = (i) => (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null;
    return {
        label: runs[run].name,
        run,
        ownColour: own,
        ownWidth: width,
        borderColor: own,
        backgroundColor: faded(own),
        borderWidth: width,
        fill: isAlone,
        pointHoverRadius: 5,
        pointRadius: points.map((_, i) => (standsAlone(i) ? 3 : 0)),
        data: points.map(([time,
            bytes]) => ({x: time / columns[timeColumn].by, y: bytes === null ? NaN : bytes / columns[peakColumn].by})),
    };
};

drawers["over-time"] = (canvas, figure, note) => {
    const {all, shown} = timelinesShown();
    figure.querySelector(".legend").replaceChildren();
    if (!shown.length || peakColumn < 0 || timeColumn < 0) return null;
    const quantities = [...new Set(shown.map((run) => timelineOf.get(run).what).filter(Boolean))];
    const cutNote = shown.length < all.length ?
        t("the first {0} of {1} runs; tick those that you want", shown.length, all.length) :
        "";
    note.textContent = [cutNote, ...quantities].filter(Boolean).join(" · ");
    const colours = coloursOf(shown);
    const time = columns[timeColumn];
    const longest =
        Math.max(...shown.map((run) => Math.max(timelineOf.get(run).seconds, timelineOf.get(run).points.at(-1)[0])));
    const peaks = shown.map((run) => figureOf(run, peakColumn)).filter((peak) => peak !== null);
    const bytes = ceiling();
    const highest = Math.max(...peaks, 0);
    const isNear = bytes !== null && bytes < 2 * highest;  // a ceiling far above would press all curves flat
    const chart = new Chart(canvas, {
        type: "line",
        data: {datasets: shown.map((run) => timelineDataset(run, colours.get(run), shown.length === 1))},
        options: {
            ...commonOptions({
                x: axis(titleWithUnit(timeColumn),
                    {type: "linear", min: 0, max: longest / time.by, ticks: {callback: number}}),
                y: axis(columns[peakColumn].unit, {
                    beginAtZero: true,
                    ticks: {callback: number},
                    suggestedMax: 1.08 * Math.max(highest, isNear ? bytes : 0) / columns[peakColumn].by
                }),
            },
                {
                    tooltip: {
                        callbacks: {
                            title: ([item]) => `${number(item.raw.x)} ${time.unit}`,
                            label: ({dataset, raw}) =>
                                `${dataset.label}: ${number(raw.y)} ${columns[peakColumn].unit} ` +
                                (phaseAt(timelineOf.get(dataset.run).phases, raw.x * time.by) ?? "")
                        }
                    }
                }),
            interaction: {mode: "nearest", axis: "xy", intersect: false},
        },
        plugins: [
            phaseBands(shown), limitLines((own) => [...peakLine(own, shown), ...ceilingLines(columns[peakColumn].by)()])
        ],
    });
    fillLegend(figure, shown, (run) => highlight(chart, run));
    return chart;
};
