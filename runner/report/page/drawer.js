// ---- all about one run, at the side ----

const drawer = document.getElementById("drawer");
let sections = null;  // read when the first run is opened
let shownInDrawer = null;
let openedFrom = null;

const sectionElement = ({title, text, headings, rows}) => {
    const element = make("section", {}, make("h3", {textContent: title}));
    if (text !== undefined) {
        element.append(make("pre", {textContent: text}));
        return element;
    }
    const table = make("table", {});
    if (headings.some(Boolean)) {
        table.createTHead().append(
            make("tr", {}, ...headings.map((heading) => make("th", {textContent: heading, scope: "col"}))));
    }
    const body = table.createTBody();
    for (const row of rows) body.append(make("tr", {}, ...row.map((field) => make("td", {textContent: field}))));
    element.append(make("div", {className: "scroll"}, table));
    return element;
};

/// What one wants first: what went wrong, then how to do it again.
const inOrder = (own) => {
    const rank = ({title}) => (title.startsWith("run ") ? 0 :
            title === "warnings"                        ? 1 :
            title.startsWith("to see more")             ? 2 :
                                                          3);
    return own.map((section, i) => ({section, i}))
        .sort((a, b) => rank(a.section) - rank(b.section) || a.i - b.i)
        .map(({section}) => section);
};

const fillDrawer = (run) => {
    sections ??= JSON.parse(document.getElementById("details").textContent);
    const close = make("button", {type: "button", className: "close", textContent: "×", title: t("Close")});
    close.setAttribute("aria-label", t("Close"));
    close.addEventListener("click", () => update({open: null}));
    const take =
        make("button", {type: "button", textContent: t("Compare with this run"), disabled: run === state.reference});
    take.addEventListener("click", () => update({reference: run}));
    const own = runs[run].sections.map((section) => sections[section]);
    const parts =
        own.length ? inOrder(own).map(sectionElement) : [make("p", {className: "note", textContent: t("not made")})];
    const files = [...document.querySelectorAll("#files details")].map((file) => file.cloneNode(true));
    drawer.replaceChildren(make("div", {className: "headline"}, make("h2", {textContent: runs[run].name}), close), take,
        ...parts, ...files);
    return close;
};

const showDrawer = () => {
    if (state.open === null) {
        if (!drawer.hidden) openedFrom?.focus?.();
        drawer.hidden = true;
        shownInDrawer = null;
        return;
    }
    if (shownInDrawer === state.open) {
        drawer.querySelector(".headline + button").disabled = state.open === state.reference;
        return;
    }
    if (shownInDrawer === null) openedFrom = document.activeElement;
    shownInDrawer = state.open;
    drawer.setAttribute("aria-label", runs[state.open].name);
    const close = fillDrawer(state.open);
    drawer.hidden = false;
    drawer.scrollTop = 0;
    close.focus({preventScroll: true});
};
onChange(showDrawer);

document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && state.open !== null) update({open: null});
});
