#include "run/shares.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "protocol/result_columns.hpp"

namespace tidemark::run {
namespace {

class Shares {
  public:
    explicit Shares(Record& record) : record_(record) {}

    /// What is wrong with those that must have come, one sentence each.
    std::vector<std::string> refuse() {
        std::vector<std::string> problems;
        const std::map<std::string, double> told = record_.final_metrics;
        for (const auto& [name, last] : told) {
            const protocol::Capture* capture = capture_of(name);
            if (!is_share(name, capture)) continue;
            const auto value = first_beyond(name, last);
            if (!value) continue;
            const std::string why = problem(name, *value, capture);
            remove(name);
            record_.measurement.missing[name] = why;
            record_.warnings.push_back(why);
            if (capture != nullptr && capture->required) problems.push_back(why);
        }
        return problems;
    }

  private:
    const protocol::Capture* capture_of(const std::string& name) const {
        const auto& all = record_.request.capture;
        const auto found = std::ranges::find(all, name, &protocol::Capture::metric);
        return found == all.end() ? nullptr : &*found;
    }

    bool is_share(const std::string& name, const protocol::Capture* capture) const {
        const protocol::Request& request = record_.request;
        const bool by_name = protocol::unit_of(name) == protocol::Unit::Fraction;
        if (capture != nullptr && capture->unit != protocol::Unit::None)
            return by_name && capture->unit == protocol::Unit::Fraction;
        // a workload that declares another unit means another thing by the name
        if (capture == nullptr && !request.workload.empty())
            return std::ranges::find(request.shares, name) != request.shares.end();
        return by_name;
    }

    /// Of the epochs, and of the run as a whole.
    std::optional<double> first_beyond(const std::string& name, double last) const {
        constexpr double kRounding = 1e-6;  // of a mean of ones
        const auto is_beyond = [](double value) { return value > 1 + kRounding || value < -kRounding; };
        const auto point = std::ranges::find_if(record_.metrics, [&](const protocol::Metric& metric) {
            return metric.name == name && is_beyond(metric.value);
        });
        if (point != record_.metrics.end()) return point->value;
        return is_beyond(last) ? std::optional(last) : std::nullopt;
    }

    static std::string problem(const std::string& name, double value, const protocol::Capture* capture) {
        std::string text = fmt::format("{} is {}, and as a share it would lie between 0 and 1", name, value);
        if (value < 0) return text;
        if (capture == nullptr) {
            return fmt::format(
                "{0}; if the program tells percent, write capture: {{{1}: {{events: {1}, unit: '%'}}}}", text,
                name);
        }
        if (capture->unit == protocol::Unit::None)
            return fmt::format("{}; if the program prints percent, write unit: '%' in capture.{}", text,
                               name);
        return text;
    }

    void remove(const std::string& name) {
        std::erase_if(record_.metrics, [&](const protocol::Metric& metric) { return metric.name == name; });
        record_.final_metrics.erase(name);
    }

    Record& record_;
};

}  // namespace

std::vector<std::string> refuse_impossible_shares(Record& record) {
    return Shares(record).refuse();
}

}  // namespace tidemark::run
