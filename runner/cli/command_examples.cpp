#include "cli/command_examples.hpp"

#include <array>

namespace tidemark::cli {
namespace {

constexpr std::array kExamples{
    CommandExample{"run", "tidemark run sweep.yaml", "executes what is not done yet, and prints the table"},
    CommandExample{"run", "tidemark run sweep.yaml --dry-run", "shows the runs, and executes nothing"},
    CommandExample{"run", "tidemark run sweep.yaml --only \"batch_size < 64\" --set epochs=1",
                   "a part of the sweep, with another value"},
    CommandExample{"plan", "tidemark plan sweep.yaml --under '1 GiB' --minimise wall --budget 24",
                   "the fastest run below 1 GiB, with at most 24 runs"},
    CommandExample{"estimate", "tidemark estimate sweep.yaml", "what the sweep will take, and how long"},
    CommandExample{"fit", "tidemark fit sweep.yaml --only \"run = 'small'\"",
                   "the smallest memory limit under which that run ends well"},
    CommandExample{"measure", "tidemark measure -- sort big.txt", "peak memory and time of a command"},
    CommandExample{"measure", "tidemark measure -n 5 -- gzip -kf big.txt --vs xz -kf big.txt",
                   "which of two commands takes less, and how certain that is"},
    CommandExample{"measure", "tidemark measure --under 1GiB -- ./job",
                   "exit code 1 if the peak is not below"},
    CommandExample{"init", "tidemark init python3 train.py --batch-size 32",
                   "writes sweep.yaml for that command"},
    CommandExample{"list", "tidemark list --sweep NAME", "the runs of one sweep"},
    CommandExample{"show", "tidemark show optimized", "show everything about one run"},
    CommandExample{"query", "tidemark query \"SELECT run, peak_rss_bytes FROM results\"",
                   "SQL over the results"},
    CommandExample{"compare", "tidemark compare original optimized", "what differs between two runs"},
    CommandExample{"check", "tidemark check sweep.yaml --format junit -o checks.xml", "the verdicts, for CI"},
    CommandExample{"baseline", "tidemark baseline save main", "saves the present results as `main`"},
    CommandExample{"export", "tidemark export other.db --where \"status = 'ok'\"",
                   "copies runs that ended well"},
    CommandExample{"import", "tidemark import results/runs", "brings runs back from their directories"},
    CommandExample{"history", "tidemark history --metric peak_rss",
                   "the peaks by commit, and where they step"},
    CommandExample{"tag", "tidemark tag optimized paper", "marks that run with the word `paper`"},
    CommandExample{"note", "tidemark note optimized \"the one to publish\"", "writes a text to it"},
    CommandExample{"rm", "tidemark rm --where \"status = 'failed'\"",
                   "removes failed runs, after a question"},
    CommandExample{"gc", "tidemark gc --logs-older-than 30",
                   "removes leftovers and old logs, after a question"},
    CommandExample{"report", "tidemark report sweep.yaml -o report.html", "one page with tables and charts"},
    CommandExample{"models", "tidemark models", "what the trainer can train"},
    CommandExample{"train", "tidemark train --help", "every parameter of the trainer"},
    CommandExample{"schema", "tidemark schema --output sweep.schema.json", "for editors"},
    CommandExample{"watch", "tidemark watch", "what is running now"},
    CommandExample{"data", "tidemark data fetch cifar10", "downloads a data set, and verifies it"},
    CommandExample{"doctor", "tidemark doctor", "what this machine can measure"},
};

constexpr std::array kVariables{
    HeededVariable{"TIDEMARK_DB", "the database of results, where --db names none"},
    HeededVariable{"TIDEMARK_PAGER", "the pager of a terminal, before PAGER and less; cat for none"},
    HeededVariable{"PAGER", "the pager, where TIDEMARK_PAGER is not set"},
    HeededVariable{"NO_COLOR", "where it is set and not empty, nothing on the terminal is redrawn"},
    HeededVariable{"TERM", "where it is dumb or not set, nothing is redrawn"},
    HeededVariable{"TMPDIR", "where temporary files go"},
    HeededVariable{"XDG_STATE_HOME", "holds tidemark/secret_key; ~/.local/state where it is not set"},
    HeededVariable{"GITHUB_ACTIONS", "where it is set, check writes annotations and a job summary"},
};

constexpr std::array kExits{
    ExitMeaning{0, "everything asked for was done and holds"},
    ExitMeaning{1, "a run failed or a check was broken"},
    ExitMeaning{2, "the command line or a config file is wrong; nothing was run"},
    ExitMeaning{3, "tidemark itself could not go on (disk full, database unreadable)"},
    ExitMeaning{4, "a check could not be decided: nothing measured, or too noisy; 1 outranks 4"},
    ExitMeaning{130, "interrupted; what was finished is kept"},
};

}  // namespace

std::span<const CommandExample> command_examples() {
    return kExamples;
}
std::span<const HeededVariable> heeded_variables() {
    return kVariables;
}
std::span<const ExitMeaning> exit_meanings() {
    return kExits;
}

}  // namespace tidemark::cli
