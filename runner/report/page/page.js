"use strict";
(() => {
    const data = JSON.parse(document.getElementById("data").textContent);
    const texts = data.texts;

    // ---- tables: sorting and filtering ----

    const collator = new Intl.Collator(undefined, {numeric: true});

    // Fields without a value come last in either direction.
    const keyOf = (cell) => {
        if (cell.dataset.value !== undefined) {
            const number = Number(cell.dataset.value.replace("inf", "Infinity"));
            return Number.isNaN(number) ? null : number;
        }
        return cell.classList.contains("missing") ? null : cell.textContent;
    };

    const compare = (a, b) => {
        if (typeof a === "number" && typeof b === "number") return a - b;
        if (typeof a === "number") return -1;
        if (typeof b === "number") return 1;
        return collator.compare(a, b);
    };

    const sortBy = (table, column, descending) => {
        const body = table.tBodies[0];
        const rows = [...body.rows].map((row) => ({row, key: keyOf(row.cells[column])}));
        rows.sort((a, b) => {
            if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
            return descending ? compare(b.key, a.key) : compare(a.key, b.key);
        });
        body.append(...rows.map((entry) => entry.row));
    };

    for (const section of document.querySelectorAll("section.table")) {
        const table = section.querySelector("table");
        const headings = [...table.tHead.rows[0].cells];
        headings.forEach((heading, column) => {
            heading.querySelector("button").addEventListener("click", () => {
                const descending = heading.getAttribute("aria-sort") === "ascending";
                for (const other of headings) other.removeAttribute("aria-sort");
                heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
                sortBy(table, column, descending);
            });
        });

        const filter = section.querySelector("input");
        const count = section.querySelector("output");
        const all = table.tBodies[0].rows.length;
        const apply = () => {
            const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
            let shown = 0;
            for (const row of table.tBodies[0].rows) {
                const text = row.textContent.toLowerCase();
                row.hidden = !words.every((word) => text.includes(word));
                if (!row.hidden) ++shown;
            }
            count.textContent = words.length ? `${shown} ${texts.of} ${all} ${texts.rows}` : `${all} ${texts.rows}`;
        };
        filter.addEventListener("input", apply);
        apply();
    }

    // ---- charts ----

    const root = document.documentElement;
    const darkByChoice = window.matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : darkByChoice.matches);
    const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

    // Okabe and Ito's colours, which the colour-blind can tell apart; lighter ones on dark ground.
    const palette = () =>
        isDark() ? ["#56b4e9", "#e69f00", "#2fbf9b", "#f0e442", "#cc79a7", "#ff7f50", "#9ecae1", "#bdbdbd"]
                 : ["#0072b2", "#d55e00", "#009e73", "#b8860b", "#aa4488", "#56b4e9", "#7f7f7f", "#444444"];
    const series = (i) => palette()[i % palette().length];

    const MiB = 1024 ** 2;
    const scaleFor = (largest) => (largest >= 1024 * MiB ? {by: 1024 * MiB, unit: "GiB"} : {by: MiB, unit: "MiB"});
    const number = (value) =>
        value.toLocaleString("en", {maximumFractionDigits: Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2});

    const charts = [];

    const axis = (title, more = {}) => ({
        title: {display: true, text: title, color: colour("--faint")},
        ticks: {color: colour("--faint")},
        grid: {color: colour("--line")},
        border: {color: colour("--line")},
        ...more,
    });

    const commonOptions = (scales, plugins = {}) => ({
        responsive: true,
        maintainAspectRatio: false,
        animation: false,
        locale: "en",  // 0.5, not 0,5: as in the tables
        scales,
        plugins: {
            legend: {labels: {color: colour("--text"), boxWidth: 12, boxHeight: 12}},
            ...plugins,
        },
    });

    // The names beside the points, where there are few enough to read them.
    const mostNames = 12;
    const pointNames = {
        id: "pointNames",
        afterDatasetsDraw(chart) {
            const context = chart.ctx;
            context.save();
            context.fillStyle = colour("--text");
            context.font = "11px system-ui, sans-serif";
            const taken = [];
            chart.data.datasets.forEach((dataset, index) => {
                chart.getDatasetMeta(index).data.forEach((point, i) => {
                    const text = dataset.data[i].run;
                    const width = context.measureText(text).width;
                    const left = point.x + width + 10 > chart.chartArea.right ? point.x - width - 8 : point.x + 8;
                    let top = point.y - 7;
                    while (taken.some((box) => Math.abs(box.top - top) < 12 && box.left < left + width && left < box.right)) top -= 12;
                    taken.push({left, right: left + width, top});
                    context.fillText(text, left, top);
                });
            });
            context.restore();
        },
    };

    // Where a peak may lie, as a line with an end at each bound; without one where nothing bounds it.
    const whiskers = (doubts, vertical) => ({
        id: "whiskers",
        afterDatasetsDraw(chart) {
            const {ctx: context, chartArea: area, scales: {x, y}} = chart;
            context.save();
            context.strokeStyle = colour("--text");
            context.lineWidth = 1.5;
            const half = 4;
            doubts.forEach(({at, low, high}) => {
                const across = vertical ? x.getPixelForValue(at) : y.getPixelForValue(at);
                const along = (value) => (vertical ? y : x).getPixelForValue(value);
                const from = along(low);
                const to = high === null ? (vertical ? area.top : area.right) : along(high);
                context.setLineDash(high === null ? [3, 3] : []);
                context.beginPath();
                const line = (a, b) => {
                    context.moveTo(...(vertical ? [a[1], a[0]] : a));
                    context.lineTo(...(vertical ? [b[1], b[0]] : b));
                };
                line([from, across], [to, across]);
                line([from, across - half], [from, across + half]);
                if (high !== null) line([to, across - half], [to, across + half]);
                context.stroke();
            });
            context.restore();
        },
    });
    const doubtOf = (doubt, at, unit) => ({at, low: doubt[0] / unit.by, high: doubt[1] === null ? null : doubt[1] / unit.by});
    const doubtText = (doubt, unit) => !doubt ? ""
        : doubt[1] === null ? ` (≥ ${number(doubt[0] / unit.by)})` : ` (${number(doubt[0] / unit.by)}–${number(doubt[1] / unit.by)})`;
    const reach = (bytes, doubt) => Math.max(bytes, doubt?.[0] ?? 0, doubt?.[1] ?? 0);

    const spread = (values) => Math.max(...values) / Math.max(Math.min(...values), Number.MIN_VALUE);
    const wide = 30;  // from here on, small values would lie on top of each other on a linear axis

    const drawCosts = (canvas) => {
        const unit = scaleFor(Math.max(...data.costs.map(([,, bytes,, doubt]) => reach(bytes, doubt))));
        const points = data.costs.map(([run, seconds, bytes, front, doubt]) => ({x: seconds, y: bytes / unit.by, run, front, doubt}));
        const uncertain = points.filter(({doubt}) => doubt).map(({x, doubt}) => doubtOf(doubt, x, unit));
        const reached = [...points.map((point) => point.y), ...uncertain.flatMap(({low, high}) => (high === null ? [low] : [low, high]))];
        const front = points.filter((point) => point.front).sort((a, b) => a.x - b.x);
        const rest = points.filter((point) => !point.front);
        const kind = (values) => (Math.min(...values) > 0 && spread(values) > wide ? "logarithmic" : "linear");
        // room around the points, but none below nothing at all
        const room = 0.08;
        const costAxis = (title, values) => {
            const least = Math.min(...values);
            const more = {type: kind(values), grace: `${100 * room}%`};
            if (more.type === "linear" && least < room * (Math.max(...values) - least)) more.min = 0;
            return axis(title, more);
        };
        const common = {pointRadius: points.length > 200 ? 3 : 5, pointHoverRadius: 8};
        return new Chart(canvas, {
            type: "scatter",
            data: {datasets: [
                {label: texts["Pareto front: no run takes less of both"], data: front, showLine: true, borderWidth: 1.5,
                 borderColor: series(1), backgroundColor: series(1), ...common},
                ...(rest.length ? [{label: texts["other runs"], data: rest, borderColor: series(0),
                                    backgroundColor: series(0), ...common}] : []),
            ]},
            options: commonOptions({
                x: costAxis(`${texts.time} (s)`, points.map((point) => point.x)),
                // a scale is drawn for what lies in it, and bounds are no points
                y: {...costAxis(`${texts["peak memory"]} (${unit.unit})`, reached),
                    suggestedMin: Math.min(...reached), suggestedMax: Math.max(...reached)},
            }, {tooltip: {callbacks: {
                label: ({raw}) => `${raw.run}: ${number(raw.y)} ${unit.unit}${doubtText(raw.doubt, unit)}, ${number(raw.x)} s`}}}),
            plugins: [...(points.length <= mostNames ? [pointNames] : []), whiskers(uncertain, true)],
        });
    };

    const drawParts = (canvas) => {
        const sum = (values) => values.reduce((a, b) => a + b, 0);
        const unit = scaleFor(Math.max(...data.parts.map(([, bytes, doubt]) => reach(sum(bytes), doubt))));
        const uncertain = data.parts.map(([,, doubt], i) => (doubt ? doubtOf(doubt, i, unit) : null)).filter(Boolean);
        return new Chart(canvas, {
            type: "bar",
            data: {
                labels: data.parts.map(([run]) => run),
                datasets: data.part_names.map((name, part) => ({
                    label: name, data: data.parts.map(([, bytes]) => bytes[part] / unit.by),
                    // what is not known is grey
                    backgroundColor: !data.attributed && part + 1 === data.part_names.length ? colour("--faint") : series(part),
                    maxBarThickness: 34,
                })),
            },
            options: {
                ...commonOptions({
                    x: axis(`${texts["peak memory"]} (${unit.unit})`, {stacked: true,
                            suggestedMax: Math.max(0, ...uncertain.map(({low, high}) => high ?? low))}),
                    y: axis("", {stacked: true, grid: {display: false}, title: {display: false}}),
                }, {tooltip: {callbacks: {
                    label: ({dataset, raw}) => `${dataset.label}: ${number(raw)} ${unit.unit}`}}}),
                indexAxis: "y",
                interaction: {mode: "index", axis: "y", intersect: false},
            },
            plugins: [whiskers(uncertain, false)],
        });
    };

    const drawAccuracy = (canvas) => new Chart(canvas, {
        type: "line",
        data: {datasets: data.accuracy.map(([run, points], i) => ({
            label: run, data: points.map(([epoch, value]) => ({x: epoch, y: value * 100})),
            borderColor: series(i), backgroundColor: series(i), borderWidth: 2, pointRadius: 3,
            borderDash: i >= palette().length ? [6, 3] : [],
        }))},
        options: commonOptions({
            x: axis(texts.epoch, {type: "linear", ticks: {color: colour("--faint"), precision: 0}}),
            y: axis(`${texts.accuracy} (%)`, {beginAtZero: true}),
        }, {tooltip: {callbacks: {
            title: ([item]) => `${texts.epoch} ${item.raw.x}`,
            label: ({dataset, raw}) => `${dataset.label}: ${number(raw.y)} %`}}}),
    });

    // Bands behind the curve, each named, as far as there is room.
    const phaseBands = (phases, end) => ({
        id: "phaseBands",
        beforeDatasetsDraw(chart) {
            const {ctx: context, chartArea: area, scales: {x}} = chart;
            context.save();
            context.font = "11px system-ui, sans-serif";
            phases.forEach(([name, start], i) => {
                const left = Math.max(area.left, x.getPixelForValue(start));
                const right = Math.min(area.right, x.getPixelForValue(i + 1 < phases.length ? phases[i + 1][1] : end));
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

    const chooser = document.querySelector("#over-time select");
    data.timelines.forEach(([run], i) => chooser.add(new Option(run, i)));

    const drawOverTime = (canvas) => {
        const [run, points, phases, seconds, what] = data.timelines[Number(chooser.value)];
        const unit = scaleFor(Math.max(...points.map(([, bytes]) => bytes)));
        // nothing is drawn from a null to the next point; one alone between two of them makes no line
        const isAlone = (i) => (points[i - 1]?.[1] ?? null) === null && (points[i + 1]?.[1] ?? null) === null;
        return new Chart(canvas, {
            type: "line",
            data: {datasets: [{
                label: run, data: points.map(([time, bytes]) => ({x: time, y: bytes === null ? NaN : bytes / unit.by})), fill: true,
                borderColor: series(0), backgroundColor: series(0) + "33", borderWidth: 1.8,
                pointRadius: points.map((_, i) => (isAlone(i) ? 3 : 0)),
                pointHoverRadius: 5,
            }]},
            options: {
                ...commonOptions({
                    x: axis(`${texts.time} (s)`, {type: "linear", min: 0, max: Math.max(seconds, points.at(-1)[0])}),
                    y: axis(`${texts["peak memory"]} (${unit.unit})`, {beginAtZero: true, grace: "10%",
                            title: {display: true, text: what ? `${unit.unit}: ${what}` : unit.unit, color: colour("--faint")}}),
                }, {legend: {display: false}, tooltip: {callbacks: {
                    title: ([item]) => `${item.dataset.label}, ${number(item.raw.x)} s`,
                    label: ({raw}) => `${number(raw.y)} ${unit.unit} ${phaseAt(phases, raw.x) ?? ""}`.trim()}}}),
                interaction: {mode: "nearest", axis: "x", intersect: false},
            },
            plugins: [phaseBands(phases, seconds)],
        });
    };

    // With the arrow keys one goes from point to point, as the mouse does.
    const steps = (chart) => chart.data.datasets.flatMap((dataset, datasetIndex) =>
        dataset.data.map((point, index) => ({datasetIndex, index, point})))
        .filter(({point}) => !Number.isNaN(point?.y));
    const walk = (event, chart) => {
        const direction = {ArrowRight: 1, ArrowLeft: -1}[event.key];
        if (!direction) return;
        event.preventDefault();
        const all = steps(chart);
        chart.tidemarkStep = ((chart.tidemarkStep ?? (direction > 0 ? -1 : 0)) + direction + all.length) % all.length;
        const active = [all[chart.tidemarkStep]];
        const {x, y} = chart.getDatasetMeta(active[0].datasetIndex).data[active[0].index];
        chart.setActiveElements(active);
        chart.tooltip.setActiveElements(active, {x, y});
        chart.update("none");
    };

    const drawers = {costs: drawCosts, parts: drawParts, accuracy: drawAccuracy, "over-time": drawOverTime};

    // Many bars and a long legend want room; what stands beside the legend goes with it.
    const leastHeight = 320;
    const besideLegend = Math.max(leastHeight, 280 + 10 * data.accuracy.length);
    const besideCosts = Math.max(leastHeight, 90 + 26 * data.parts.length);
    const heights = {costs: Math.min(besideCosts, 520), parts: besideCosts, accuracy: besideLegend, "over-time": besideLegend};

    const drawAll = () => {
        while (charts.length) charts.pop().destroy();
        for (const [id, draw] of Object.entries(drawers)) {
            const canvas = document.querySelector(`#${id} canvas`);
            if (!canvas) continue;
            canvas.parentElement.style.height = `${heights[id] ?? leastHeight}px`;
            const chart = draw(canvas);
            charts.push(chart);
            canvas.onkeydown = (event) => walk(event, chart);
        }
        root.dataset.charts = String(charts.length);
    };

    // ---- light and dark ----

    const button = document.getElementById("theme");
    const show = () => {
        button.textContent = isDark() ? button.dataset.light : button.dataset.dark;
        drawAll();
    };
    button.addEventListener("click", () => {
        root.dataset.theme = isDark() ? "light" : "dark";
        show();
    });
    darkByChoice.addEventListener("change", show);
    if (chooser) chooser.addEventListener("change", drawAll);

    // Paper is white, whatever the screen is; and its charts are as wide as the page.
    let themeOfScreen;
    window.addEventListener("beforeprint", () => {
        themeOfScreen = root.dataset.theme;
        root.dataset.theme = "light";
        show();
        for (const chart of charts) chart.resize();
    });
    window.addEventListener("afterprint", () => {
        if (themeOfScreen) root.dataset.theme = themeOfScreen;
        else delete root.dataset.theme;
        show();
    });
    show();
})();
