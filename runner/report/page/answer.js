// ---- the answer, before all else: who takes least, who is fastest, who is best, and what fits ----

const answer = document.getElementById("answer");

const titleOf = (column) => {
    if (column === peakColumn) return t("Least memory");
    if (column === timeColumn) return t("Fastest");
    const {heading, unit} = columns[column];
    return t("Best {0}", unit.startsWith("/") ? heading + unit : heading);
};

/// The best of the runs that are shown and ended well; those that are just as good beside it, and how many
/// others may be better by what is known of both.
const bestOf = (column) => {
    const good = visibleRuns().filter((run) => runs[run].ok && figureOf(run, column) !== null);
    if (!good.length) return null;
    const values = good.map((run) => figureOf(run, column));
    const best = columns[column].better === "more" ? Math.max(...values) : Math.min(...values);
    const alike = good.filter((_, i) => values[i] === best);
    const [low, high] = spanOf(alike[0], column);
    const maybe = good.filter((run) => {
        const [otherLow, otherHigh] = spanOf(run, column);
        return !alike.includes(run) && low <= otherHigh && otherLow <= high;
    });
    return {runs: alike, value: best, all: good.length, maybe: maybe.length};
};

const runButton = (run, names) => {
    const button = make("button",
        {type: "button", className: "run-name", textContent: names.get(run) ?? runs[run].name, title: runs[run].name});
    button.addEventListener("click", () => update({open: run}));
    return button;
};

const bestCard = (column, names) => {
    const best = bestOf(column);
    const card = make("div", {className: "card"}, make("h2", {textContent: titleOf(column)}));
    if (!best) {
        card.append(make("p", {className: "note", textContent: t("no run ended well")}));
        return card;
    }
    const [run, ...others] = best.runs;
    if (others.length > 0 && best.all === best.runs.length) return null;  // all are alike
    card.append(make("p", {className: "figure", textContent: knownText(run, column)}), runButton(run, names));
    if (others.length) card.append(make("span", {className: "note", textContent: ` ${t("and {0} more", others.length)}`}));
    if (best.maybe) {
        const text = ` ${t("or {0} more that cannot be told apart", best.maybe)}`;
        card.append(make("span", {className: "note", textContent: text}));
    }
    const reference = figureOf(state.reference, column);
    if (reference !== null && !best.runs.includes(state.reference)) {
        const delta =
            make("span", {className: "delta", textContent: deltaText(best.value, reference, columns[column].unit)});
        delta.dataset.judgement =
            judgement(columns[column].better, spanOf(run, column), spanOf(state.reference, column));
        card.append(" ", delta);
    }
    return card;
};

const sizeText = (bytes) => {
    const [unit] = ["GiB", "MiB", "KiB"].filter((name) => bytes >= byteSizes[name.toLowerCase()]);
    return unit ? `${number(bytes / byteSizes[unit.toLowerCase()])} ${unit}` : `${number(bytes)} B`;
};
const ceilingText = (bytes) => {
    const declared = (data.ceilings ?? []).find(([own]) => own === bytes);
    return declared && !state.ceiling ? `${sizeText(bytes)} (${declared[1]})` : sizeText(bytes);
};

const ceilingCard = (names) => {
    const bytes = ceiling();
    const card = make("div", {className: "card"}, make("h2", {textContent: t("Memory ceiling")}));
    if (bytes === null) {
        if (!state.ceiling) return null;
        card.append(make("p", {className: "note", textContent: t("not a size: write 512 MiB or 1.5 GiB")}));
        return card;
    }
    const shown = visibleRuns();
    const fitting = shown.filter((run) => fits(run, bytes) === true);
    const unknown = shown.filter((run) => fits(run, bytes) === null);
    card.append(make("p", {className: "figure", textContent: t("{0} of {1} runs fit", fitting.length, shown.length)}),
        make("p", {className: "note", textContent: `≤ ${ceilingText(bytes)}`}));
    if (unknown.length)
        card.append(make("p", {className: "note", textContent: t("{0} cannot be told", unknown.length)}));
    const timed = fitting.filter((run) => figureOf(run, timeColumn) !== null);
    if (timed.length && fitting.length < shown.length) {
        const fastest = timed.reduce((a, b) => (figureOf(b, timeColumn) < figureOf(a, timeColumn) ? b : a));
        card.append(
            make("span", {className: "note", textContent: `${t("Fastest")}: `}), runButton(fastest, names), " ");
        const only = make("button", {type: "button", className: "only", textContent: t("Only what fits")});
        only.addEventListener("click", () => {
            const kept = new Set(fitting);
            update({unticked: new Set(runs.map((_, run) => run).filter((run) => !kept.has(run)))});
        });
        card.append(only);
    }
    return card;
};

/// As `tidemark check` decides them, whatever is shown here.
const checksCard = (names) => {
    const checks = data.checks ?? [];
    if (!checks.length) return null;
    const all = [...new Set(checks.map(({check}) => check))];
    const bad = checks.filter(({verdict}) => verdict !== "pass");
    const passed = all.filter((name) => bad.every(({check}) => check !== name));
    const card = make("div", {className: "card"}, make("h2", {textContent: t("Checks")}), make("p", {
        className: `figure ${bad.some(({verdict}) => verdict === "broken") ? "bad" : ""}`,
        textContent: t("{0} of {1} pass", passed.length, all.length)
    }));
    if (!bad.length) return card;
    const list = make("ul", {});
    for (const {check, requirement, run, verdict, explanation} of bad) {
        const text = `${check}: ${verdict}${run === null ? "" : `, ${names.get(run) ?? runs[run].name}`}`;
        list.append(make("li", {textContent: text, title: `${requirement}${explanation ? `: ${explanation}` : ""}`}));
    }
    card.append(make("details", {}, make("summary", {textContent: bad[0].check}), list));
    return card;
};

const referenceLine = (names) => {
    const select = make("select", {});
    select.setAttribute("aria-label", t("reference"));
    runs.forEach((_, run) => select.add(new Option(names.get(run), run, false, run === state.reference)));
    select.addEventListener("change", () => update({reference: Number(select.value)}));
    const figures = [peakColumn, timeColumn]
                        .filter((column) => column >= 0 && figureOf(state.reference, column) !== null)
                        .map((column) => knownText(state.reference, column));
    return make(
        "p", {className: "against"}, make("label", {}, `${t("reference")}: `, select), ` ${figures.join(" · ")}`);
};

const showAnswer = () => {
    if (!runs.length) return;
    const names = shortNames(runs.map((_, run) => run));
    const cards =
        [...(data.best ?? []).map((column) => bestCard(column, names)), ceilingCard(names), checksCard(names)];
    answer.replaceChildren(make("div", {className: "cards"}, ...cards.filter(Boolean)), referenceLine(names));
};
onChange(showAnswer);
