// ---- what the reader has chosen; the address holds it, so that a link shows the same ----

const firstGood = Math.max(0, runs.findIndex((run) => run.ok));
const state = {
    reference: firstGood,  // the run that all others are compared with
    unticked: new Set(),
    filter: "",
    ceiling: "",         // as it was typed; empty: the first that the sweep has
    columns: new Map(),  // `table:column` → whether it is shown, where that is not as it was
    sorted: "",          // `table:column`, with a minus before it where it falls
    open: null,          // the run in the drawer
    metric: "",          // of the curves
    seeds: "",           // `apart`: a curve for each
};

const listeners = [];
const onChange = (listener) => listeners.push(listener);

const runNamed = (name) => {
    const found = runs.findIndex((run) => run.name === name);
    return found < 0 ? null : found;
};

const addressOf = () => {
    const address = new URLSearchParams();
    if (state.reference !== firstGood) address.set("ref", runs[state.reference].name);
    if (state.filter) address.set("filter", state.filter);
    if (state.ceiling) address.set("ceiling", state.ceiling);
    const ticked = runs.map((_, run) => run).filter((run) => !state.unticked.has(run));
    if (state.unticked.size && ticked.length === 0) address.set("only", "");
    else if (state.unticked.size <= ticked.length)
        for (const run of state.unticked) address.append("off", runs[run].name);
    else
        for (const run of ticked) address.append("only", runs[run].name);
    for (const [key, shown] of state.columns) address.append(shown ? "show" : "hide", key);
    if (state.sorted) address.set("sort", state.sorted);
    if (state.metric) address.set("metric", state.metric);
    if (state.seeds) address.set("seeds", state.seeds);
    if (state.open !== null) address.set("run", runs[state.open].name);
    return address.toString();
};

/// A name that is not there (any more) is passed over.
const readAddress = () => {
    const text = location.hash.slice(1);
    const address = new URLSearchParams(text.includes("=") ? text : "");
    const numbers = (key) => address.getAll(key).map(runNamed).filter((run) => run !== null);
    state.reference = runNamed(address.get("ref")) ?? firstGood;
    state.filter = address.get("filter") ?? "";
    state.ceiling = address.get("ceiling") ?? "";
    state.unticked = new Set(numbers("off"));
    if (address.has("only")) {
        const only = new Set(numbers("only"));
        state.unticked = new Set(runs.map((_, run) => run).filter((run) => !only.has(run)));
    }
    state.columns = new Map(
        [...address.getAll("show").map((key) => [key, true]), ...address.getAll("hide").map((key) => [key, false])]);
    state.sorted = address.get("sort") ?? "";
    state.metric = address.get("metric") ?? "";
    state.seeds = address.get("seeds") === "apart" ? "apart" : "";
    state.open = runNamed(address.get("run"));
};

let matching = new Set();  // the runs that the filter lets pass
const isVisible = (run) => matching.has(run) && !state.unticked.has(run);
const visibleRuns = () => runs.map((_, run) => run).filter(isVisible);

const tellAll = () => {
    matching = matchingRuns(state.filter);
    for (const listener of listeners) listener();
};

const update = (changes) => {
    Object.assign(state, changes);
    const address = addressOf();
    history.replaceState(null, "", address ? `#${address}` : location.pathname + location.search);
    tellAll();
};

/// The ceiling that runs are held under, in bytes; null: none.
const ceiling = () => {
    const typed = state.ceiling ? amountOf(state.ceiling) : NaN;
    if (typed > 0) return typed;
    return state.ceiling ? null : (data.ceilings?.[0]?.[0] ?? null);
};

/// Whether the run's memory stays under the ceiling: true or false; null where its bounds cannot tell.
const fits = (run, bytes) => {
    const {ok, low, high} = runs[run];
    if (low !== null && low > bytes) return false;
    if (!ok) return null;
    return high !== null && high <= bytes ? true : null;
};
