// How well a plan would have done on a space that was measured in full once: `planning_replay TABLE.csv` with
// one row for each cell. The columns are the axes, then the figures: the first of them is the memory that
// predictions are judged by and ceilings are set for, each other one a goal (`-NAME` in the heading: the less
// the better). `planning.sh` says which tables there are.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "planning/search.hpp"

namespace {

using tidemark::Value;
using tidemark::planning::Bound;
using tidemark::planning::Goal;
using tidemark::planning::Observation;
using tidemark::planning::Regression;
using tidemark::planning::Search;
using tidemark::planning::Shown;
using tidemark::planning::Space;

/// Of all cells, what a plan or a split may measure.
constexpr double kShareMeasured = 0.15;
/// An answer this near to the best one counts as found.
constexpr double kNear = 0.02;

struct Table {
    std::vector<std::string> axes;
    std::vector<std::vector<Value>> cells;
    std::vector<std::string> goals;  ///< with `-` before it where less is better
    std::vector<double> peaks;
    std::vector<std::vector<double>> figures;  ///< of each goal, of each cell
};

Value value_of(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0') return number;
    return text;
}

/// `first` is the heading of the first figure.
Table read(const std::string& file, const std::string& first) {
    std::ifstream in(file);
    std::string line, field;
    std::getline(in, line);
    std::vector<std::string> headings;
    for (std::istringstream row(line); std::getline(row, field, ',');) headings.push_back(field);
    const auto place = static_cast<std::size_t>(std::ranges::find(headings, first) - headings.begin());
    if (place == headings.size()) {
        fmt::print(stderr, "{}: no column {}\n", file, first);
        std::exit(2);
    }
    Table table;
    table.axes.assign(headings.begin(), headings.begin() + static_cast<std::ptrdiff_t>(place));
    table.goals.assign(headings.begin() + static_cast<std::ptrdiff_t>(place) + 1, headings.end());
    table.figures.resize(table.goals.size());
    while (std::getline(in, line)) {
        std::vector<std::string> fields;
        for (std::istringstream row(line); std::getline(row, field, ',');) fields.push_back(field);
        std::vector<Value> cell;
        for (std::size_t i = 0; i < place; ++i) cell.push_back(value_of(fields[i]));
        table.cells.push_back(std::move(cell));
        table.peaks.push_back(std::stod(fields[place]));
        for (std::size_t i = 0; i < table.goals.size(); ++i)
            table.figures[i].push_back(std::stod(fields[place + 1 + i]));
    }
    return table;
}

double quantile(std::vector<double> values, double share) {
    std::ranges::sort(values);
    const auto at = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::min(std::max<std::size_t>(at, 1), values.size()) - 1];
}

std::vector<std::size_t> shuffled(std::size_t size, std::mt19937_64& random) {
    std::vector<std::size_t> order(size);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::shuffle(order, random);
    return order;
}

double apart(const Space& space, std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t axis = 0; axis < space.axes().size(); ++axis)
        sum += space.distance(axis, space.point(a), space.point(b));
    return sum;
}

/// What stands nearest of what was measured.
double by_neighbour(const Space& space, const std::vector<double>& peaks,
                    const std::vector<std::size_t>& measured, std::size_t cell) {
    const auto nearest =
        std::ranges::min(measured, {}, [&](std::size_t other) { return apart(space, cell, other); });
    return peaks[nearest];
}

/// A straight line over the axis of numbers that the peak follows most, whatever the choices are.
double by_line(const Space& space, const std::vector<double>& peaks, const std::vector<std::size_t>& measured,
               std::size_t cell) {
    double best_fit = -1, predicted = 0;
    for (std::size_t axis = 0; axis < space.axes().size(); ++axis) {
        double n = 0, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
        for (const std::size_t other : measured) {
            const double at = space.point(other)[axis], value = peaks[other];
            n += 1, x += at, y += value, xx += at * at, xy += at * value, yy += value * value;
        }
        const double over = n * xx - x * x, height = n * yy - y * y;
        if (over <= 0 || height <= 0) continue;
        const double slope = (n * xy - x * y) / over, start = (y - slope * x) / n;
        const double fit = (n * xy - x * y) * (n * xy - x * y) / (over * height);
        if (fit <= best_fit) continue;
        best_fit = fit;
        predicted = start + slope * space.point(cell)[axis];
    }
    return predicted;
}

struct Errors {
    std::vector<double> shares;
    void add(double predicted, double true_value) {
        shares.push_back(std::abs(predicted - true_value) / true_value);
    }
    void print(const char* name) const {
        fmt::print("  {:<28} median {:6.2f} %   95th percentile {:7.2f} %\n", name,
                   100 * quantile(shares, 0.5), 100 * quantile(shares, 0.95));
    }
};

void predict(const Space& space, const std::vector<double>& figures, const char* name, int splits) {
    std::mt19937_64 random(1);
    Errors own, neighbour, line;
    std::size_t inside = 0, all = 0;
    const auto measured_count =
        static_cast<std::size_t>(std::ceil(kShareMeasured * static_cast<double>(space.size())));
    for (int split = 0; split < splits; ++split) {
        const auto order = shuffled(space.size(), random);
        const std::vector<std::size_t> measured(order.begin(),
                                                order.begin() + static_cast<std::ptrdiff_t>(measured_count));
        std::vector<Observation> observations;
        for (const std::size_t cell : measured) observations.push_back({cell, figures[cell], false});
        Regression regression(space);
        regression.learn(observations, true);
        for (std::size_t i = measured_count; i < order.size(); ++i) {
            const auto predicted = regression.predict(order[i]);
            const double truth = figures[order[i]];
            own.add(predicted.value, truth);
            neighbour.add(by_neighbour(space, figures, measured, order[i]), truth);
            line.add(by_line(space, figures, measured, order[i]), truth);
            inside += predicted.interval.low <= truth && truth <= predicted.interval.high ? 1 : 0;
            ++all;
        }
    }
    fmt::print("{}: {} of {} cells measured, {} splits\n", name, measured_count, space.size(), splits);
    own.print("the model");
    neighbour.print("nearest neighbour");
    line.print("a straight line");
    fmt::print("  the 95 % intervals hold {:.1f} % of the others\n",
               100 * static_cast<double>(inside) / static_cast<double>(all));
}

/// What is looked for, and how good an answer is.
struct Question {
    const std::vector<double>& peaks;
    const std::vector<double>& figures;
    bool maximise;
    double ceiling;

    bool holds(std::size_t cell) const { return peaks[cell] <= ceiling; }
    bool better(std::size_t a, std::size_t b) const {
        return maximise ? figures[a] > figures[b] : figures[a] < figures[b];
    }
    std::size_t best_of(const std::vector<std::size_t>& cells) const {
        std::size_t best = peaks.size();
        for (const std::size_t cell : cells) {
            if (holds(cell) && (best == peaks.size() || better(cell, best))) best = cell;
        }
        return best;
    }
    bool is_near(std::size_t answer, std::size_t best) const {
        if (answer == peaks.size()) return false;
        return maximise ? figures[answer] >= figures[best] * (1 - kNear)
                        : figures[answer] <= figures[best] * (1 + kNear);
    }
};

/// What a run under the ceiling shows.
Shown shown(const Question& question, std::size_t cell) {
    if (!question.holds(cell)) return {{}, {{0, question.ceiling}}};
    return {{{0, question.peaks[cell]}, {1, question.figures[cell]}}, {}};
}

std::vector<std::size_t> by_search(const Space& space, const Question& question, std::size_t runs) {
    Search search(space, Goal{1, question.maximise, {Bound{0, question.ceiling, std::nullopt}}});
    std::vector<std::size_t> made;
    while (made.size() < runs) {
        const auto next = search.next();
        if (!next) break;
        search.tell(next->cell, shown(question, next->cell));
        made.push_back(next->cell);
    }
    return made;
}

/// From the first cell on the value of the axis with most levels grows until a run does not fit: what a
/// finder of batch sizes does, for each combination of the others until the runs are used up.
std::vector<std::size_t> by_growing(const Space& space, const Question& question, std::size_t runs,
                                    std::mt19937_64& random) {
    std::size_t axis = 0;
    for (std::size_t i = 0; i < space.axes().size(); ++i) {
        if (space.axes()[i].levels > space.axes()[axis].levels) axis = i;
    }
    std::map<std::vector<double>, std::vector<std::size_t>> lines;
    for (std::size_t cell = 0; cell < space.size(); ++cell) {
        std::vector<double> others(space.point(cell), space.point(cell) + space.axes().size());
        others[axis] = 0;
        lines[others].push_back(cell);
    }
    std::vector<std::vector<std::size_t>> all;
    for (auto& [others, cells] : lines) {
        std::ranges::sort(cells, {}, [&](std::size_t cell) { return space.point(cell)[axis]; });
        all.push_back(cells);
    }
    std::ranges::shuffle(all, random);
    std::vector<std::size_t> made;
    for (const auto& line : all) {
        for (const std::size_t cell : line) {
            if (made.size() == runs) return made;
            made.push_back(cell);
            if (!question.holds(cell)) break;
        }
    }
    return made;
}

void find(const Table& table, const Space& space, std::size_t goal, int ceilings) {
    std::mt19937_64 random(2);
    const bool minimise = table.goals[goal].starts_with('-');
    const auto runs = static_cast<std::size_t>(kShareMeasured * static_cast<double>(space.size()));
    std::vector<double> sorted = table.peaks;
    std::ranges::sort(sorted);
    // between a twentieth of the cells that fit and all but a twentieth of them, evenly by their number
    std::uniform_real_distribution<double> share(0.05, 0.95);
    std::map<std::string, int> found;
    std::map<std::string, std::vector<double>> needed;
    std::vector<std::size_t> all(space.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    for (int i = 0; i < ceilings; ++i) {
        const Question question{table.peaks, table.figures[goal], !minimise, quantile(sorted, share(random))};
        const std::size_t best = question.best_of(all);
        const auto judge = [&](const char* name, const std::vector<std::size_t>& made) {
            if (question.is_near(question.best_of(made), best))
                ++found[name];
            else
                found.try_emplace(name, 0);
        };
        judge("the search", by_search(space, question, runs));
        auto order = shuffled(space.size(), random);
        order.resize(runs);
        judge("random runs", order);
        judge("growing until it fails", by_growing(space, question, runs, random));
    }
    fmt::print("{}{} under {} random ceilings, {} of {} runs:\n", minimise ? "least " : "most ",
               minimise ? table.goals[goal].substr(1) : table.goals[goal], ceilings, runs, space.size());
    for (const auto& [name, count] : found)
        fmt::print("  {:<28} within {:.0f} % of the best that fits: {:5.1f} %\n", name, 100 * kNear,
                   100.0 * count / ceilings);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) {
        fmt::print(stderr, "usage: planning_replay TABLE.csv PEAK SPLITS CEILINGS\n");
        return 2;
    }
    const Table table = read(argv[1], argv[2]);
    const Space space(table.axes, table.cells);
    for (const auto& axis : space.axes()) {
        const char* const kinds[] = {"choices", "numbers", "numbers by ratio"};
        fmt::print("{}: {} {}\n", axis.name, axis.levels, kinds[static_cast<int>(axis.kind)]);
    }
    const int splits = std::atoi(argv[3]), ceilings = std::atoi(argv[4]);
    if (splits > 0) {
        predict(space, table.peaks, argv[2], splits);
        for (std::size_t goal = 0; goal < table.goals.size(); ++goal)
            predict(space, table.figures[goal], table.goals[goal].c_str(), splits);
    }
    for (std::size_t goal = 0; ceilings > 0 && goal < table.goals.size(); ++goal)
        find(table, space, goal, ceilings);
    return 0;
}
