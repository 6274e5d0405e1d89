// `repeat`: a number, or until a median is known well enough.
#include "sweep/file/repeats.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/units.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/grammar.hpp"
#include "sweep/file/scalar.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {
namespace {

constexpr std::string_view kUntil = "until ";

/// The interval of a median, which decides, needs that many; see analysis::median_interval.
constexpr int kFewestForAMedian = 3;

/// A precision above this says nothing.
constexpr double kWidestShare = 0.5;

class Reader {
  public:
    Reader(std::string key, Problems& problems) : key_(std::move(key)), problems_(problems) {}

    Repeats read(const Node& node) {
        if (node.kind == Node::Kind::Map) return read_map(node);
        if (node.kind == Node::Kind::Null) {
            read_text(node, key_, problems_);  // tells that there is no value
            return {};
        }
        if (node.kind == Node::Kind::Scalar && node.text.starts_with(kUntil)) {
            Node share = node;
            share.text = node.text.substr(kUntil.size());
            return until(share, key_);
        }
        if (const auto number = whole_number(node, 1)) return Repeats::fixed(*number);
        problems_.add(
            node.position, key_,
            fmt::format("must be an integer from 1 to {}, or 'until 2 %'{}", kMostRepeats,
                        node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
        return {};
    }

  private:
    Repeats read_map(const Node& node) {
        check_members(node, key_, repeat_keys(), problems_);
        const Node* const share = node.find("until");
        if (share == nullptr) {
            problems_.add(node.position, key_ + ".until",
                          "missing; write {until: 2 %, metric: wall, min: 5, max: 50}, or a number");
            return {};
        }
        Repeats repeats = until(*share, key_ + ".until");
        if (const Node* metric = node.find("metric")) {
            if (const auto text = read_text(*metric, key_ + ".metric", problems_))
                set_metric(repeats, *text, metric->position);
        }
        if (const Node* least = node.find("min")) read_number(*least, "min", repeats.least);
        const Node* const most = node.find("max");
        if (most != nullptr)
            read_number(*most, "max", repeats.most);
        else
            repeats.most = std::max(repeats.most, repeats.least);
        if (repeats.most < repeats.least && most != nullptr) {
            problems_.add(most->position, key_ + ".max",
                          fmt::format("must not be below the fewest repeats, {}", repeats.least));
        }
        return repeats;
    }

    Repeats until(const Node& node, const std::string& key) {
        Repeats repeats{kFewestUntil, kMostUntil, Precision{}};
        set_metric(repeats, kMetricUntil, node.position);
        const auto text = read_text(node, key, problems_);
        if (!text) return repeats;
        const auto share = parse_share(*text);
        if (share.quantity && *share.quantity > 0 && *share.quantity <= kWidestShare)
            repeats.until->share = *share.quantity;
        else
            problems_.add(node.position, key,
                          fmt::format("must be how well the median is to be known, above 0 % and up to {} %, "
                                      "such as 2 %, not '{}'",
                                      kWidestShare * 100, *text));
        return repeats;
    }

    static void set_metric(Repeats& repeats, const std::string& metric, const Position& position) {
        repeats.until->metric = metric;
        repeats.until->column = column_of_metric(metric);
        repeats.until->position = position;
    }

    void read_number(const Node& node, const char* name, int& out) {
        if (const auto number = whole_number(node, kFewestForAMedian)) {
            out = *number;
            return;
        }
        problems_.add(
            node.position, fmt::format("{}.{}", key_, name),
            fmt::format("must be a number of repeats from {} to {}{}", kFewestForAMedian, kMostRepeats,
                        node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : ""));
    }

    static std::optional<int> whole_number(const Node& node, int least) {
        if (node.kind != Node::Kind::Scalar) return std::nullopt;
        const Value value = scalar_value(node);
        const auto* number = std::get_if<std::int64_t>(&value);
        if (number == nullptr || *number < least || *number > kMostRepeats) return std::nullopt;
        return static_cast<int>(*number);
    }

    std::string key_;
    Problems& problems_;
};

}  // namespace

const NamedRun* Definition::made_otherwise(std::string_view run) const {
    const auto found = std::ranges::find_if(
        runs, [&](const NamedRun& own) { return (own.repeat || own.warmup) && own.name == run; });
    return found == runs.end() ? nullptr : &*found;
}

int most_repeats(const Definition& definition) {
    int most = definition.repeat.most;
    for (const NamedRun& run : definition.runs) {
        if (run.repeat) most = std::max(most, run.repeat->most);
    }
    return most;
}

Repeats read_repeats(const Node& node, const std::string& key, Problems& problems) {
    return Reader(key, problems).read(node);
}

}  // namespace tidemark::sweep
