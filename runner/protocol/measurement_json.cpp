// The reading half of measurement.hpp, for the runner.
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/overloaded.hpp"
#include "protocol/figures.hpp"
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

void get_text(const json& in, const char* key, std::string& text) {
    text = in.value(key, std::string());
}

/// The names that earlier versions had for figures that are called otherwise now, or stood elsewhere.
void get_as_earlier_versions_wrote(const json& in, Measurement& out) {
    constexpr std::int64_t kBlock = 512;  // of getrusage(2)
    const auto bytes_of_blocks = [&](const char* key, std::optional<std::int64_t>& bytes) {
        if (bytes) return;
        get_if_there(in, key, bytes);
        if (bytes) *bytes *= kBlock;
    };
    bytes_of_blocks("read_blocks", out.read_bytes);
    bytes_of_blocks("written_blocks", out.written_bytes);
    if (!out.throttled_s)
        get_if_there(in.value("surroundings", json::object()), "throttled_s", out.throttled_s);
}

void get_figures(const json& in, Measurement& out) {
    for (const Figure& figure : kFigures) {
        const std::string key(figure.name);
        std::visit(Overloaded{[&](std::string Measurement::*text) { get_text(in, key.c_str(), out.*text); },
                              [&](auto member) { get_if_there(in, key.c_str(), out.*member); }},
                   figure.member);
    }
    get_as_earlier_versions_wrote(in, out);
}

void get_further(const json& in, Measurement& out) {
    out.unenforced = in.value("unenforced", out.unenforced);
    for (const json& survivor : in.value("survivors", json::array())) {
        out.survivors.push_back({survivor.value("pid", std::int64_t{0}),
                                 survivor.value("program", std::string()),
                                 survivor.value("state", std::string())});
    }
    out.leftovers = in.value("leftovers", out.leftovers);
    out.lost_rights = in.value("lost_rights", out.lost_rights);
    out.cpu_time_is_low = in.value("cpu_time_is_low", false);
    out.supervision_cpu_s = in.value("supervision_cpu_s", 0.0);
    out.supervision_hold_s = in.value("supervision_hold_s", 0.0);
    const json enclosing = in.value("enclosing", json::object());
    out.enclosing.oom_kills = enclosing.value("oom_kills", std::int64_t{0});
    out.enclosing.of_run = enclosing.value("of_run", std::int64_t{0});
    get_if_there(enclosing, "limit_bytes", out.enclosing.limit_bytes);
    const json around = in.value("surroundings", json::object());
    out.surroundings.observed_s = around.value("observed_s", 0.0);
    get_if_there(around, "swapped_in_bytes", out.surroundings.swapped_in_bytes);
    get_if_there(around, "swapped_out_bytes", out.surroundings.swapped_out_bytes);
    get_if_there(around, "stall_s", out.surroundings.stall_s);
    get_if_there(around, "others_cpu_share", out.surroundings.others_cpu_share);
    get_if_there(around, "speed_spread", out.surroundings.speed_spread);
    get_if_there(around, "calculation_s", out.surroundings.calculation_s);
}

}  // namespace

Measurement measurement_from_json_text(const std::string& text) {
    try {
        const json in = parse_json(text);
        Measurement out;
        in.at("started_at").get_to(out.started_at);
        in.at("started_t").get_to(out.started_t);
        in.at("end").get_to(out.end);
        in.at("cause").get_to(out.cause);
        in.at("exit_code").get_to(out.exit_code);
        in.at("signal").get_to(out.signal);
        in.at("start_errno").get_to(out.start_errno);
        in.at("start_step").get_to(out.start_step);
        in.at("oom_kills").get_to(out.oom_kills);
        in.at("leftovers_killed").get_to(out.leftovers_killed);
        get_figures(in, out);
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

namespace {

/// Throws json::exception where a member has another type.
Sample sample_from(const json& in) {
    Sample sample;
    sample.t_s = in.value("t_s", 0.0);
    get_if_there(in, "rss_bytes", sample.rss_bytes);
    get_if_there(in, "processes", sample.processes);
    get_if_there(in, "anonymous_bytes", sample.parts.anonymous);
    get_if_there(in, "shared_bytes", sample.parts.shared);
    get_if_there(in, "file_bytes", sample.parts.file);
    get_if_there(in, "swap_bytes", sample.swap_bytes);
    get_if_there(in, "cache_bytes", sample.cache_bytes);
    get_if_there(in, "charged_bytes", sample.charged_bytes);
    get_if_there(in, "rss_sum_bytes", sample.rss_sum_bytes);
    return sample;
}

}  // namespace

std::optional<Sample> sample_from_json_line(const std::string& line) {
    const json in = parse_json_or_discard(line);
    if (!in.is_object()) return std::nullopt;
    try {
        return sample_from(in);
    } catch (const json::exception&) {
        return std::nullopt;  // the program may have written there, too
    }
}

}  // namespace tidemark::protocol
