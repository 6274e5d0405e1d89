// The key `capture`: metrics of programs that know nothing of us.
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/suggestion.hpp"
#include "base/units.hpp"
#include "capture/pattern.hpp"
#include "protocol/event.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/scalar.hpp"

namespace tidemark::sweep {
namespace {

using protocol::CaptureSource;
using protocol::CaptureTake;
using protocol::Unit;

constexpr const char* kExample =
    "must be a regular expression over stdout, such as 'accuracy: ([0-9.]+)', or a map, such as {stderr: "
    "'loss ([0-9.]+)', take: last} or {json: result.json, at: /accuracy}";
constexpr std::array<CaptureSource, 5> kSources{CaptureSource::Stdout, CaptureSource::Stderr,
                                                CaptureSource::Json, CaptureSource::Csv,
                                                CaptureSource::Events};

/// One of a unit in ours: bytes, seconds or shares.
struct InOurs {
    Unit unit;
    double factor;
};

/// How often something is done, `images/s`, `1/min`, and how many bytes: `MiB/s`.
std::optional<InOurs> rate_of(const std::string& name, std::size_t slash) {
    const std::string what = name.substr(0, slash);
    const std::string span = name.substr(slash + 1);
    const auto seconds = parse_seconds("1 " + span);
    if (span.empty() || !seconds.quantity) return std::nullopt;
    const auto bytes = parse_bytes("1 " + what);
    if (bytes.quantity && !what.empty() && what != "1") {
        return InOurs{Unit::BytesPerSecond,
                      static_cast<double>(bytes.quantity->value) / seconds.quantity->value};
    }
    if (what != "1" && !protocol::is_valid_name(what)) return std::nullopt;
    return InOurs{Unit::PerSecond, 1 / seconds.quantity->value};
}

std::optional<InOurs> unit_of(const std::string& name) {
    if (const std::size_t slash = name.find('/'); slash != std::string::npos) return rate_of(name, slash);
    const std::string one = "1 " + name;
    if (const auto share = parse_share(one); share.quantity) return InOurs{Unit::Fraction, *share.quantity};
    if (const auto bytes = parse_bytes(one); bytes.quantity)
        return InOurs{Unit::Bytes, static_cast<double>(bytes.quantity->value)};
    if (const auto span = parse_seconds(one); span.quantity)
        return InOurs{Unit::Seconds, span.quantity->value};
    return std::nullopt;
}

class CaptureReader {
  public:
    CaptureReader(const std::string& metric, const Node& node, Problems& problems)
        : key_("capture." + metric), node_(node), problems_(problems) {
        given_.capture.metric = metric;
        given_.position = node.position;
    }

    GivenCapture read() {
        if (node_.kind == Node::Kind::Scalar)
            read_source(CaptureSource::Stdout, node_, key_);
        else if (node_.kind == Node::Kind::Map)
            read_map();
        else
            problems_.add(node_.position, key_, kExample);
        return std::move(given_);
    }

  private:
    void read_map() {
        const Node* source = nullptr;
        for (const CaptureSource candidate : kSources) {
            const Node* found = node_.find(protocol::to_text(candidate));
            if (found == nullptr) continue;
            if (source != nullptr) {
                problems_.add(found->position, key_, "has two sources; a metric comes from one");
                return;
            }
            source = found;
            given_.capture.source = candidate;
        }
        check_members(node_, key_, members(), problems_);
        if (source == nullptr) {
            problems_.add(node_.position, key_,
                          "does not say where the metric comes from: stdout, stderr, json, csv or events");
            return;
        }
        read_source(given_.capture.source, *source,
                    key_ + "." + std::string(protocol::to_text(given_.capture.source)));
        if (given_.capture.source == CaptureSource::Json) read_required_text("at", given_.capture.what);
        if (given_.capture.source == CaptureSource::Csv) read_required_text("column", given_.capture.what);
        if (given_.capture.source == CaptureSource::Json) check_pointer();
        with("epoch", [&](const Node& node, const std::string& key) {
            given_.capture.epoch = read_text(node, key, problems_).value_or("");
        });
        with("take", [&](const Node& node, const std::string& key) { read_take(node, key); });
        with("unit", [&](const Node& node, const std::string& key) { read_unit(node, key); });
        with("required", [&](const Node& node, const std::string& key) { read_required(node, key); });
    }

    /// Without what is of other sources.
    Keys members() const {
        Keys own = capture_keys();
        const CaptureSource source = given_.capture.source;
        std::erase_if(own, [&](const Key& key) {
            return (key.name == "at" && source != CaptureSource::Json) ||
                   ((key.name == "column" || key.name == "epoch") && source != CaptureSource::Csv);
        });
        return own;
    }

    void with(std::string_view name, const auto& use) {
        if (const Node* node = node_.find(name)) use(*node, key_ + "." + std::string(name));
    }

    void read_source(CaptureSource source, const Node& node, const std::string& key) {
        if (source == CaptureSource::Json || source == CaptureSource::Csv) {
            given_.file = read_template(node, key, problems_);
            return;
        }
        const auto text = read_text(node, key, problems_);
        if (!text) return;
        given_.capture.what = *text;
        if (source == CaptureSource::Events) return;
        std::string problem;
        const capture::Pattern pattern(*text, &problem);
        if (text->empty()) problem = "must not be empty";
        if (!problem.empty()) problems_.add(node.position, key, problem);
    }

    void read_required_text(const std::string& name, std::string& out) {
        if (const Node* node = node_.find(name))
            out = read_text(*node, key_ + "." + name, problems_).value_or("");
        else
            problems_.add(node_.position, key_,
                          name == "at"
                              ? "lacks 'at', the place in the file as a JSON pointer, such as /test/accuracy"
                              : "lacks 'column', the heading of the column");
    }

    void check_pointer() {
        try {
            const nlohmann::json::json_pointer pointer(given_.capture.what);
        } catch (const nlohmann::json::exception&) {
            problems_.add(node_.find("at")->position, key_ + ".at",
                          fmt::format("must be a JSON pointer (RFC 6901), such as /test/accuracy, not '{}'",
                                      given_.capture.what));
        }
    }

    void read_take(const Node& node, const std::string& key) {
        const auto found =
            std::ranges::find(kTakes, node.text, &std::pair<std::string_view, CaptureTake>::first);
        if (node.kind == Node::Kind::Scalar && found != kTakes.end()) {
            given_.capture.take = found->second;
            return;
        }
        std::vector<std::string_view> words;
        for (const auto& [word, take] : kTakes) words.push_back(word);
        const bool is_average = node.text == "average" || node.text == "avg";
        problems_.add(node.position, key,
                      fmt::format("must be first, last, each, min, median or mean{}{}", not_this(node),
                                  is_average ? " (did you mean 'mean'?)" : did_you_mean(node.text, words)));
    }

    /// Nothing where there is no text to quote.
    static std::string not_this(const Node& node) {
        return node.kind == Node::Kind::Scalar ? fmt::format(", not '{}'", node.text) : std::string();
    }

    void read_unit(const Node& node, const std::string& key) {
        const auto text = read_text(node, key, problems_);
        if (!text) return;
        if (const auto unit = unit_of(*text)) {
            given_.capture.unit = unit->unit;
            given_.capture.factor = unit->factor;
        } else {
            problems_.add(
                node.position, key,
                fmt::format(
                    "must be what the program writes: '%', a unit of memory (B, KiB, MiB, GiB, kB, MB, "
                    "GB …) or of time (ns, us, ms, s, min, h), or a rate (1/s, images/s, MiB/s …), not '{}'",
                    *text));
        }
    }

    void read_required(const Node& node, const std::string& key) {
        const Value value = scalar_value(node);
        if (const auto* required = std::get_if<bool>(&value))
            given_.capture.required = *required;
        else
            problems_.add(node.position, key, "must be true or false" + not_this(node));
    }

    std::string key_;
    const Node& node_;
    Problems& problems_;
    GivenCapture given_;
};

}  // namespace

std::vector<protocol::MetricDescription> metrics_of(const protocol::Capture& capture) {
    std::vector<protocol::MetricDescription> metrics{{capture.metric, capture.unit, {}, true}};
    if (!protocol::is_statistic(capture.take)) return metrics;
    const auto beside = [&](std::string_view suffix) { return capture.metric + std::string(suffix); };
    metrics.push_back({beside(protocol::kCountSuffix), Unit::Count, {}, false});
    metrics.push_back({beside(protocol::kSpreadSuffix), capture.unit, {}, false});
    return metrics;
}

std::vector<GivenCapture> read_captures(const Node& node, Problems& problems) {
    std::vector<GivenCapture> captures;
    for (const auto& [name, value] : node.members) {
        if (!is_free_name(name.text, "metric", name.position, "capture." + name.text, problems)) continue;
        captures.push_back(CaptureReader(name.text, value, problems).read());
    }
    if (node.members.empty())
        problems.add(node.position, "capture", "names no metric; write one, or remove the key");
    return captures;
}

}  // namespace tidemark::sweep
