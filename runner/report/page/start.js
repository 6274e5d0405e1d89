// ---- the page itself: its fields, light and dark, paper, small screens ----

const hasCharts = document.querySelector(".charts figure") !== null;
const isDarkNow = () =>
    (root.dataset.theme ? root.dataset.theme === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches);

startTables();

const connectField = (id, key) => {
    const field = document.getElementById(id);
    if (!field) return;
    field.addEventListener("input", () => update({[key]: field.value}));
    onChange(() => {
        if (field.value !== state[key]) field.value = state[key];
    });
};

const connectTicks = () => {
    const set = (id, unticked) =>
        document.getElementById(id)?.addEventListener("click", () => update({unticked: unticked()}));
    // of those that the filter lets pass; the others stay as they are
    set("tick-all", () => new Set([...state.unticked].filter((run) => !matching.has(run))));
    set("tick-none", () => new Set([...state.unticked, ...matching]));
};

const count = document.getElementById("count");
onChange(() => {
    const all = runs.length || tables.reduce((sum, {rows}) => sum + rows.length, 0);
    const shown = runs.length ? visibleRuns().length :
                                tables.reduce((sum, {rows}) => sum + rows.filter((row) => !row.hidden).length, 0);
    count.textContent = t(runs.length ? "{0} of {1} runs" : "{0} of {1} rows", shown, all);
});

/// The chooser of columns closes when one turns to something else.
const connectChooser = () => {
    const chooser = document.getElementById("columns");
    document.addEventListener("click", (event) => {
        if (!chooser.contains(event.target)) chooser.open = false;
    });
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") chooser.open = false;
    });
};

/// A place of the page is gone to without the address losing what it holds.
const connectLinks = () => {
    for (const link of document.querySelectorAll("nav a")) {
        link.addEventListener("click", (event) => {
            event.preventDefault();
            document.querySelector(link.getAttribute("href")).scrollIntoView();
        });
    }
};

const theme = document.getElementById("theme");
const showTheme = () => {
    theme.textContent = isDarkNow() ? theme.dataset.light : theme.dataset.dark;
    if (hasCharts) drawSoon();
};
theme.addEventListener("click", () => {
    root.dataset.theme = isDarkNow() ? "light" : "dark";
    showTheme();
});
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);

// On a small screen a row is a card, and each of its fields says what it is.
const narrow = window.matchMedia("(max-width: 640px)");
const labelFields = () => {
    if (!narrow.matches) return;
    for (const {headings, rows} of tables) {
        for (const row of rows)
            headings.forEach((heading, i) => {
                row.cells[i].dataset.label = heading.textContent;
            });
    }
};
narrow.addEventListener("change", labelFields);

// Paper is white, whatever the screen is; and its charts are as wide as the page.
let themeOfScreen;
window.addEventListener("beforeprint", () => {
    themeOfScreen = root.dataset.theme;
    root.dataset.theme = "light";
    showTheme();
    if (!hasCharts) return;
    drawAll();
    for (const chart of charts.values()) chart.resize();
});
window.addEventListener("afterprint", () => {
    if (themeOfScreen) root.dataset.theme = themeOfScreen;
    else
        delete root.dataset.theme;
    showTheme();
});

readAddress();
connectField("filter", "filter");
connectField("ceiling", "ceiling");
connectTicks();
connectLinks();
connectChooser();
labelFields();
if (hasCharts) {
    onChange(drawSoon);
    window.addEventListener("scroll", drawWhatIsNear, {passive: true});
    window.addEventListener("resize", drawWhatIsNear);
}
window.addEventListener("hashchange", () => {
    readAddress();
    tellAll();
});
showTheme();
tellAll();
root.dataset.ready = "yes";
