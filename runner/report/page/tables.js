// ---- tables: sorting, columns, and what they say against the reference ----

const collator = new Intl.Collator(undefined, {numeric: true});
const tables = [...document.querySelectorAll("section.table")].map((section) => {
    const table = section.querySelector("table");
    const headings = [...table.tHead.rows[0].cells];
    return {id: section.id, section, table, headings, rows: [...table.tBodies[0].rows]};
});
const runOf = (row) => (row.dataset.run === undefined ? null : Number(row.dataset.run));

const valueOf = (cell) => {
    if (cell.dataset.value === undefined) return null;
    const value = Number(cell.dataset.value);
    return Number.isNaN(value) ? null : value;
};

// Fields without a value come last in either direction.
const keyOf = (cell) =>
    valueOf(cell) ?? (cell.dataset.value !== undefined || cell.classList.contains("missing") ? null : cell.textContent);

const compare = (a, b) => {
    if (isNumber(a) && isNumber(b)) return a - b;
    if (isNumber(a)) return -1;
    if (isNumber(b)) return 1;
    return collator.compare(a, b);
};

const sortBy = ({table}, column, falls) => {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({row, key: keyOf(row.cells[column])}));
    rows.sort((a, b) => {
        if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
        return falls ? compare(b.key, a.key) : compare(a.key, b.key);
    });
    body.append(...rows.map((entry) => entry.row));
};

const sortKey = (shown, heading) => `${shown.id}:${heading.dataset.name}`;
let sortedNow = "";
const applySort = () => {
    if (state.sorted === sortedNow) return;
    sortedNow = state.sorted;
    const falls = sortedNow.startsWith("-");
    const key = falls ? sortedNow.slice(1) : sortedNow;
    for (const shown of tables) {
        const column = shown.headings.findIndex((heading) => sortKey(shown, heading) === key);
        for (const heading of shown.headings) heading.removeAttribute("aria-sort");
        if (column >= 0) {
            shown.headings[column].setAttribute("aria-sort", falls ? "descending" : "ascending");
            sortBy(shown, column, falls);
        } else {
            shown.table.tBodies[0].append(...shown.rows);  // as they came
        }
    }
};

// ---- columns ----

const columnStyle = document.head.appendChild(make("style"));
const isShownAtFirst = (shown, heading, place) => {
    if (place === 0) return true;
    if (heading.dataset.empty !== undefined) return false;
    return shown.id !== "runs" || columns[place].shown;
};
const isColumnShown = (shown, heading, place) =>
    state.columns.get(sortKey(shown, heading)) ?? isShownAtFirst(shown, heading, place);

const applyColumns = () => {
    const hidden = [];
    for (const shown of tables) {
        const leftOut = [];
        shown.headings.forEach((heading, place) => {
            if (isColumnShown(shown, heading, place)) return;
            hidden.push(`#${shown.id}-rows tr > :nth-child(${place + 1})`);
            if (heading.dataset.empty !== undefined) leftOut.push(heading.textContent);
        });
        const note = shown.section.querySelector(".left-out");
        note.hidden = leftOut.length === 0;
        note.textContent = leftOut.length ? t("Left out, for no row has a value: {0}", leftOut.join(", ")) : "";
    }
    const rule = hidden.length ? `${hidden.join(",\n")} { display: none !important; }` : "";
    if (columnStyle.textContent !== rule) columnStyle.textContent = rule;
};

const makeChooser = () => {
    const place = document.querySelector("#columns > div");
    for (const shown of tables) {
        const group =
            make("fieldset", {}, make("legend", {textContent: shown.section.querySelector("h2").textContent}));
        shown.headings.forEach((heading, i) => {
            if (i === 0) return;
            const box = make("input", {type: "checkbox", checked: isColumnShown(shown, heading, i)});
            box.addEventListener("change", () => {
                const chosen = new Map(state.columns);
                chosen.delete(sortKey(shown, heading));
                if (box.checked !== isShownAtFirst(shown, heading, i)) chosen.set(sortKey(shown, heading), box.checked);
                update({columns: chosen});
            });
            onChange(() => {
                box.checked = isColumnShown(shown, heading, i);
            });
            group.append(make("label", {}, box, ` ${heading.textContent}`));
        });
        if (shown.headings.length > 1) place.append(group);
    }
};

// ---- rows of runs ----

const tick = (run, isTicked) => {
    const unticked = new Set(state.unticked);
    if (isTicked) unticked.delete(run);
    else
        unticked.add(run);
    update({unticked});
};

/// Before the first field of a row: a box that keeps the run in the charts, a mark of the reference, all about it.
const addTools = (row, run, isSheet, shortName) => {
    const tools = make("span", {className: "tools"});
    const box = make("input", {type: "checkbox", className: "tick", checked: true, title: t("Show this run")});
    const mark = make("input", {type: "radio", className: "mark", title: t("Compare with this run")});
    const open = make("button", {type: "button", className: "open", title: t("All about this run")});
    for (const part of [box, mark, open]) part.setAttribute("aria-label", `${part.title}: ${runs[run].name}`);
    tools.append(box, mark, open);
    const cell = row.cells[0];
    const name = make("span", {className: "name", title: runs[run].name}, ...cell.childNodes);
    if (isSheet && !hasOwnName(run)) {  // its values stand in columns of their own
        name.textContent = shortName;
        name.classList.add("of-values");
    }
    cell.append(tools, name);
    cell.classList.add("with-tools");
};

const connectRows = (shown) => {
    const names = shortNames(runs.map((_, run) => run));
    for (const row of shown.rows) {
        if (runOf(row) !== null) addTools(row, runOf(row), shown.id === "runs", names.get(runOf(row)));
    }
    shown.table.tBodies[0].addEventListener("click", (event) => {
        const row = event.target.closest("tr");
        if (!row || runOf(row) === null) return;
        if (event.target.matches("input.tick")) return tick(runOf(row), event.target.checked);
        if (event.target.matches("button.open")) return update({open: runOf(row)});
        if (event.target.closest("a, button")) return undefined;
        if (!String(getSelection())) update({reference: runOf(row)});  // who marks a text does not mean the row
        return undefined;
    });
};

const applyRows = () => {
    const hasRuns = runs.length > 0;
    for (const shown of tables) {
        for (const row of shown.rows) {
            const run = runOf(row);
            if (run === null) {
                row.hidden = !hasRuns && !rowMatches(row, state.filter);
                continue;
            }
            row.hidden = !matching.has(run);
            row.classList.toggle("unticked", state.unticked.has(run));
            row.classList.toggle("reference", run === state.reference);
            row.querySelector(".tick").checked = !state.unticked.has(run);
            row.querySelector(".mark").checked = run === state.reference;
        }
    }
};

/// Bars within the fields, and by how much they are more or less than the reference's.
const compareColumn = (shown, place) => {
    const {better, name} = shown.headings[place].dataset;
    const rows = shown.rows.filter((row) => !row.hidden && runOf(row) !== null);
    const values = rows.map((row) => valueOf(row.cells[place]));
    const most = Math.max(...values.filter((value) => value !== null && Number.isFinite(value)));
    const hasBars = most > 0 && values.every((value) => value === null || value >= 0);
    const column = columnNamed(name);
    const own = shown.rows.find((row) => runOf(row) === state.reference);
    const reference = own ? valueOf(own.cells[place]) : null;
    const unit = shown.headings[place].textContent.includes("(%)") ? "%" : "";
    // what the sheet knows of the figure, if it is the same one
    const span = (run, value) =>
        column >= 0 && figureOf(run, column) === value ? spanOf(run, column) : [value, value];
    const share = (value) => `${Math.min(100, 100 * value / most)}%`;
    rows.forEach((row, i) => {
        const cell = row.cells[place];
        const value = values[i];
        cell.classList.toggle("bar", hasBars && value !== null);
        if (hasBars && value !== null) {
            cell.style.setProperty("--bar-end", share(value));
            cell.style.setProperty("--mark", reference !== null && reference <= most ? share(reference) : "-1%");
        }
        const run = runOf(row);
        const isCompared = value !== null && reference !== null && run !== state.reference && Number.isFinite(value);
        cell.dataset.delta = isCompared ? deltaText(value, reference, unit) : "";
        cell.dataset.judgement =
            isCompared ? judgement(better, span(run, value), span(state.reference, reference)) : "";
    });
};

const applyComparison = () => {
    for (const shown of tables) {
        shown.headings.forEach((heading, place) => {
            if (heading.dataset.better !== undefined && isColumnShown(shown, heading, place))
                compareColumn(shown, place);
        });
    }
};

const startTables = () => {
    for (const shown of tables) {
        shown.headings.forEach((heading) => {
            heading.querySelector("button").addEventListener("click", () => {
                const key = sortKey(shown, heading);
                update({sorted: state.sorted === key ? `-${key}` : key});
            });
        });
        connectRows(shown);
    }
    makeChooser();
    onChange(() => {
        applyRows();
        applyColumns();
        applySort();
        applyComparison();
    });
};
