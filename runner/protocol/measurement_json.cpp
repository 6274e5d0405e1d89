// The reading half of measurement.hpp, for the runner.
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "protocol/measurement.hpp"

namespace tidemark::protocol {

// Outside the unnamed namespace: the library finds these by argument-dependent lookup.
NLOHMANN_JSON_SERIALIZE_ENUM(EndKind, {{EndKind::Exited, "exited"},
                                       {EndKind::Signalled, "signalled"},
                                       {EndKind::CouldNotStart, "could not start"}})
NLOHMANN_JSON_SERIALIZE_ENUM(EndCause, {{EndCause::Itself, "itself"},
                                        {EndCause::WallLimit, "wall limit"},
                                        {EndCause::CpuLimit, "cpu limit"},
                                        {EndCause::MemoryLimit, "memory limit"},
                                        {EndCause::Cancelled, "cancelled"},
                                        {EndCause::RunnerLost, "runner lost"}})

namespace {

using nlohmann::json;

void get(const json& in, const char* key, std::optional<std::int64_t>& number) {
    if (const auto& member = in.at(key); !member.is_null()) number = member.get<std::int64_t>();
}

/// Nothing too where an earlier version stored none.
template <typename Figure>
void get_if_there(const json& in, const char* key, std::optional<Figure>& figure) {
    const auto member = in.find(key);
    if (member != in.end() && !member->is_null()) figure = member->get<Figure>();
}

void get_further(const json& in, Measurement& out) {
    get_if_there(in, "peak_cache_bytes", out.peak_cache_bytes);
    get_if_there(in, "peak_anonymous_bytes", out.peak_parts.anonymous);
    get_if_there(in, "peak_shared_bytes", out.peak_parts.shared);
    get_if_there(in, "peak_file_bytes", out.peak_parts.file);
    get_if_there(in, "memory_limit_reached", out.memory_limit_reached);
    get_if_there(in, "swapped_in_bytes", out.swapped_in_bytes);
    get_if_there(in, "swapped_out_bytes", out.swapped_out_bytes);
    get_if_there(in, "memory_stall_s", out.memory_stall_s);
    out.unenforced = in.value("unenforced", out.unenforced);
    out.supervision_cpu_s = in.value("supervision_cpu_s", 0.0);
    out.supervision_hold_s = in.value("supervision_hold_s", 0.0);
    const json around = in.value("surroundings", json::object());
    out.surroundings.observed_s = around.value("observed_s", 0.0);
    get_if_there(around, "swapped_in_bytes", out.surroundings.swapped_in_bytes);
    get_if_there(around, "swapped_out_bytes", out.surroundings.swapped_out_bytes);
    get_if_there(around, "stall_s", out.surroundings.stall_s);
    get_if_there(around, "throttled_s", out.surroundings.throttled_s);
    get_if_there(around, "others_cpu_share", out.surroundings.others_cpu_share);
}

}  // namespace

Measurement measurement_from_json_text(const std::string& text) {
    try {
        const json in = json::parse(text);
        Measurement out;
        in.at("started_at").get_to(out.started_at);
        in.at("started_t").get_to(out.started_t);
        in.at("wall_s").get_to(out.wall_s);
        in.at("end").get_to(out.end);
        in.at("cause").get_to(out.cause);
        in.at("exit_code").get_to(out.exit_code);
        in.at("signal").get_to(out.signal);
        in.at("start_errno").get_to(out.start_errno);
        in.at("start_step").get_to(out.start_step);
        in.at("oom_kills").get_to(out.oom_kills);
        in.at("leftovers_killed").get_to(out.leftovers_killed);
        in.at("user_s").get_to(out.user_s);
        in.at("system_s").get_to(out.system_s);
        get(in, "initial_rss_bytes", out.initial_rss_bytes);
        get(in, "final_rss_bytes", out.final_rss_bytes);
        get(in, "peak_rss_bytes", out.peak_rss_bytes);
        get(in, "peak_rss_low_bytes", out.peak_rss_low_bytes);
        get(in, "peak_rss_high_bytes", out.peak_rss_high_bytes);
        get(in, "peak_cgroup_bytes", out.peak_cgroup_bytes);
        get(in, "peak_swap_bytes", out.peak_swap_bytes);
        get(in, "major_faults", out.major_faults);
        get(in, "minor_faults", out.minor_faults);
        get(in, "voluntary_switches", out.voluntary_switches);
        get(in, "involuntary_switches", out.involuntary_switches);
        get(in, "read_blocks", out.read_blocks);
        get(in, "written_blocks", out.written_blocks);
        in.at("memory_method").get_to(out.memory_method);
        in.at("missing").get_to(out.missing);
        get_further(in, out);
        // absent in what earlier versions stored
        for (const json& phase : in.value("phases", json::array())) {
            PhasePeak& peak = out.phases.emplace_back();
            phase.at("name").get_to(peak.name);
            phase.at("start_s").get_to(peak.start_s);
            get(phase, "peak_rss_bytes", peak.peak_rss_bytes);
            get(phase, "peak_rss_low_bytes", peak.peak_rss_low_bytes);
            get(phase, "peak_rss_high_bytes", peak.peak_rss_high_bytes);
        }
        return out;
    } catch (const json::exception& error) {
        throw std::invalid_argument(error.what());
    }
}

std::optional<Sample> sample_from_json_line(const std::string& line) {
    const json in = json::parse(line, nullptr, false);
    if (!in.is_object()) return std::nullopt;
    Sample sample{
        in.value("t_s", 0.0), in.value("rss_bytes", std::int64_t{0}), in.value("processes", 0), {}, {}, {}};
    get_if_there(in, "anonymous_bytes", sample.parts.anonymous);
    get_if_there(in, "shared_bytes", sample.parts.shared);
    get_if_there(in, "file_bytes", sample.parts.file);
    get_if_there(in, "swap_bytes", sample.swap_bytes);
    get_if_there(in, "cache_bytes", sample.cache_bytes);
    return sample;
}

}  // namespace tidemark::protocol
