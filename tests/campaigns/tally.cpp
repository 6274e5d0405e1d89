#include "tally.hpp"

#include <fmt/format.h>

#include "base/median.hpp"

namespace tidemark::test {

void MethodTally::add(const Said& said, const Truth& truth) {
    ++programs;
    proven += said.is_proven ? 1 : 0;
    not_ok += said.status != "ok" ? 1 : 0;
    no_high += said.high ? 0 : 1;
    if (said.is_low_wrong(truth)) ++(said.is_proven ? proven_low_wrong : sampled_low_wrong);
    if (said.is_high_wrong(truth)) ++(said.is_proven ? proven_high_wrong : sampled_high_wrong);
    if (said.high && said.low && !said.is_wrong(truth))
        widths.push_back(static_cast<double>(*said.high - *said.low) / static_cast<double>(truth.most));
}

std::string table_of(const std::map<std::string, MethodTally>& tallies) {
    std::string text =
        "method     programs  called proven  proven: low wrong  high wrong  samples: low wrong  high wrong  "
        "no high  "
        "not ok  median width\n";
    for (const auto& [method, tally] : tallies) {
        const auto middle = median(tally.widths);
        const std::string width = middle ? fmt::format("{:.2f} %", 100 * *middle) : "-";
        text += fmt::format("{:10} {:8}  {:13}  {:17}  {:10}  {:18}  {:10}  {:7}  {:6}  {:>12}\n", method,
                            tally.programs, tally.proven, tally.proven_low_wrong, tally.proven_high_wrong,
                            tally.sampled_low_wrong, tally.sampled_high_wrong, tally.no_high, tally.not_ok,
                            width);
    }
    return text;
}

}  // namespace tidemark::test
