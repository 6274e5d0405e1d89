// The key `matrix`: axes, what `include` adds to some of the cells, and the part of them that `sample` takes.
#include <algorithm>
#include <charconv>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sweep/file/computed_axis.hpp"
#include "sweep/file/definition.hpp"
#include "sweep/file/value_reading.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kInclude = "matrix.include";
constexpr const char* kSample = "matrix.sample";

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(' ');
    if (begin == std::string_view::npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(' ') + 1 - begin));
}

bool is_a(const Node& node, Node::Kind kind) {
    return node.kind == kind;
}

class MatrixReader {
  public:
    MatrixReader(Definition& out, Problems& problems) : out_(out), problems_(problems) {}

    void read(const Node& node) {
        if (!require_map(node, "matrix", "{batch_size: [128, 16], workers: [0, 2]}", problems_)) return;
        for (const auto& [name, values] : node.members) {
            // an axis may be called like these, for its values are no maps, and more than one
            const bool holds_maps = std::ranges::any_of(
                values.items, [](const Node& item) { return is_a(item, Node::Kind::Map); });
            if (name.text == "include" && is_a(values, Node::Kind::List) && holds_maps)
                read_additions(values);
            else if (name.text == "sample" &&
                     (is_a(values, Node::Kind::Scalar) || is_a(values, Node::Kind::Null)))
                read_sample(values);
            else
                read_axis(name, values);
        }
        if (node.members.empty())
            problems_.add(node.position, "matrix", "has no axis; write one, or remove the key");
        else if (out_.matrix.empty() && !problems_.any())
            problems_.add(node.position, "matrix", "has no axis beside 'include' and 'sample'; write one");
    }

  private:
    void read_axis(const Node& name, const Node& values) {
        Axis axis{name.text, name.position, {}, {}, {}};
        const std::string key = "matrix." + name.text;
        if (!read_names(name, values, key, axis)) return;
        if (values.kind == Node::Kind::List)
            read_points(values, key, axis);
        else if (values.kind == Node::Kind::Map)
            read_computed_axis(values, key, out_.folder, axis, problems_);
        else
            refuse_single_value(values, key, axis.names.size());
        if (is_a(values, Node::Kind::List) || is_a(values, Node::Kind::Map))
            out_.matrix.push_back(std::move(axis));
    }

    bool read_names(const Node& name, const Node& values, const std::string& key, Axis& axis) {
        std::vector<std::string> names;
        if (!name.text.starts_with('(')) {
            names.push_back(name.text);
        } else if (!name.text.ends_with(')')) {
            problems_.add(name.position, key,
                          is_a(values, Node::Kind::Null)
                              ? "names that stand together hold a comma and must be quoted here: "
                                "\"(model, hidden)\""
                              : "names that stand together end with ')', such as (model, hidden)");
            return false;
        } else {
            std::istringstream list(name.text.substr(1, name.text.size() - 2));
            for (std::string own; std::getline(list, own, ',');) names.push_back(trimmed(own));
            if (names.size() < 2) {
                problems_.add(name.position, key,
                              "links the values of several parameters, such as (model, hidden); one alone "
                              "stands without parentheses");
                return false;
            }
        }
        for (const std::string& own : names) {
            if (!is_parameter_name(own, name.position, key, problems_)) return false;
            if (axis.find(own)) {
                problems_.add(name.position, key, fmt::format("names '{}' twice", own));
                return false;
            }
            for (const Axis& other : out_.matrix) {
                if (!other.find(own)) continue;
                problems_.add(name.position, key,
                              fmt::format("'{}' is an axis already, in line {}", own, other.position.line));
                return false;
            }
            axis.names.push_back({own, name.position});
        }
        return true;
    }

    void read_points(const Node& values, const std::string& key, Axis& axis) {
        if (values.items.empty())
            problems_.add(values.position, key, "the axis is empty, so there would be no runs");
        for (const Node& item : values.items) {
            if (axis.names.size() == 1) {
                if (auto value = read_value(item, key, problems_))
                    axis.points.push_back({{std::move(*value)}, item.position});
                continue;
            }
            AxisPoint point{{}, item.position};
            if (is_a(item, Node::Kind::List) && item.items.size() == axis.names.size()) {
                for (const Node& part : item.items) {
                    if (auto value = read_value(part, key, problems_))
                        point.values.push_back(std::move(*value));
                }
                if (point.values.size() == axis.names.size()) axis.points.push_back(std::move(point));
            } else {
                problems_.add(item.position, key,
                              fmt::format("must be a list of {} values, one for each of {}",
                                          axis.names.size(), axis.key));
            }
        }
    }

    void refuse_single_value(const Node& values, const std::string& key, std::size_t names) {
        if (names > 1) {
            problems_.add(values.position, key,
                          "must be a list of lists, such as [[h2q, 256], [baseline, 64]]");
            return;
        }
        problems_.add(
            values.position, key,
            fmt::format("must be a list of values, such as [{}]; a single value belongs to 'parameters'",
                        values.kind == Node::Kind::Scalar ? values.text : "16, 32"));
    }

    void read_additions(const Node& node) {
        for (const Node& item : node.items) {
            if (!require_map(item, kInclude, "{batch_size: 128, lr: 0.4}", problems_)) continue;
            out_.additions.push_back({item.position, read_parameters(item, kInclude, problems_)});
        }
    }

    /// COUNT of CELLS [latin] seed SEED
    void read_sample(const Node& node) {
        std::istringstream words(node.text);
        std::string count, of, cells, latin, seed, number, more;
        words >> count >> of >> cells >> latin;
        GivenSample sample;
        sample.position = node.position;
        sample.latin = latin == "latin";
        if (sample.latin)
            words >> seed;
        else
            seed = latin;
        words >> number;
        if (of != "of" || seed != "seed" || words >> more || !read_count(count, sample.count) ||
            !read_count(cells, sample.of) || !read_count(number, sample.seed)) {
            problems_.add(
                node.position, kSample,
                fmt::format("must be written like '20 of 5000 seed 1', or '20 of 5000 latin seed 1'{}",
                            is_a(node, Node::Kind::Null) ? "" : fmt::format(", not '{}'", node.text)));
            return;
        }
        if (sample.count == 0 || sample.count > sample.of) {
            problems_.add(
                node.position, kSample,
                fmt::format("takes from 1 to {} cells of {}, not {}", sample.of, sample.of, sample.count));
            return;
        }
        out_.sample = sample;
    }

    static bool read_count(const std::string& text, std::uint64_t& out) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
        return error == std::errc() && end == text.data() + text.size() && !text.empty();
    }

    Definition& out_;
    Problems& problems_;
};

}  // namespace

void read_matrix(const Node& node, Definition& out, Problems& problems) {
    MatrixReader(out, problems).read(node);
}

}  // namespace tidemark::sweep
