#include "tables/sample_timeline.hpp"

#include "protocol/tree_memory.hpp"

namespace tidemark::tables {

report::Timeline sample_timeline(const std::vector<protocol::Sample>& samples, double seconds,
                                 const Texts& texts) {
    report::Timeline timeline;
    timeline.seconds = seconds;
    const protocol::TreeMemory kind = protocol::known_throughout(samples);
    timeline.what = texts.tree_memory(kind);
    for (const protocol::Sample& sample : samples) {
        if (const auto bytes = protocol::tree_memory(sample, kind))
            timeline.points.emplace_back(sample.t_s, static_cast<double>(*bytes));
    }
    return timeline;
}

}  // namespace tidemark::tables
