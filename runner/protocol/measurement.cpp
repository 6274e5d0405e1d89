// The writing half: the standard library only, because it is part of the warden.
#include "protocol/measurement.hpp"

#include <algorithm>
#include <cstdio>

#include "base/text_encoding.hpp"

namespace tidemark::protocol {
namespace {

const char* name_of(EndKind kind) {
    switch (kind) {
        case EndKind::Exited:
            return "exited";
        case EndKind::Signalled:
            return "signalled";
        case EndKind::CouldNotStart:
            return "could not start";
    }
    return "";
}

const char* name_of(EndCause cause) {
    switch (cause) {
        case EndCause::Itself:
            return "itself";
        case EndCause::WallLimit:
            return "wall limit";
        case EndCause::CpuLimit:
            return "cpu limit";
        case EndCause::MemoryLimit:
            return "memory limit";
        case EndCause::Cancelled:
            return "cancelled";
        case EndCause::RunnerLost:
            return "runner lost";
    }
    return "";
}

/// JSON is UTF-8. Names of phases come from programs, and may be anything: what is no UTF-8 becomes '?', so
/// that it cannot make a whole measurement unreadable.
std::string quoted(std::string text) {
    while (const auto bad = first_invalid_utf8(text)) text[*bad] = '?';
    std::string out = "\"";
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (code < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", code);
            out += escape;
        } else {
            out += letter;
        }
    }
    return out + '"';
}

/// Collects the members of one flat object.
class Object {
  public:
    void add(const char* key, const std::string& text) { add_raw(key, quoted(text)); }
    void add(const char* key, std::int64_t number) { add_raw(key, std::to_string(number)); }
    void add(const char* key, double number) {
        char text[40];
        std::snprintf(text, sizeof text, "%.9f", number);
        add_raw(key, text);
    }
    void add(const char* key, const std::optional<std::int64_t>& number) {
        add_raw(key, number ? std::to_string(*number) : "null");
    }
    void add(const char* key, const std::optional<double>& number) {
        if (number)
            add(key, *number);
        else
            add_raw(key, "null");
    }
    void add_raw(const char* key, const std::string& json) {
        members_ += (members_.empty() ? "" : ",\n") + ("  " + quoted(key)) + ": " + json;
    }
    std::string line() const {
        std::string text = "{" + members_ + "}";
        std::replace(text.begin(), text.end(), '\n', ' ');
        return text;
    }
    std::string text() const { return "{\n" + members_ + "\n}\n"; }

  private:
    std::string members_;
};

std::string json_of(const std::map<std::string, std::string>& texts) {
    std::string out;
    for (const auto& [key, text] : texts)
        out += (out.empty() ? "" : ", ") + quoted(key) + ": " + quoted(text);
    return "{" + out + "}";
}

std::string json_of(const std::vector<PhasePeak>& phases) {
    const auto number = [](const std::optional<std::int64_t>& bytes) {
        return bytes ? std::to_string(*bytes) : "null";
    };
    std::string out;
    for (const PhasePeak& phase : phases) {
        char start[40];
        std::snprintf(start, sizeof start, "%.6f", phase.start_s);
        out += (out.empty() ? "" : ", ") + ("{\"name\": " + quoted(phase.name)) + ", \"start_s\": " + start +
               ", \"peak_rss_bytes\": " + number(phase.peak_rss_bytes) +
               ", \"peak_rss_low_bytes\": " + number(phase.peak_rss_low_bytes) +
               ", \"peak_rss_high_bytes\": " + number(phase.peak_rss_high_bytes) + "}";
    }
    return "[" + out + "]";
}

std::string json_of(const Surroundings& surroundings) {
    Object out;
    out.add("observed_s", surroundings.observed_s);
    out.add("swapped_in_bytes", surroundings.swapped_in_bytes);
    out.add("swapped_out_bytes", surroundings.swapped_out_bytes);
    out.add("stall_s", surroundings.stall_s);
    out.add("throttled_s", surroundings.throttled_s);
    out.add("others_cpu_share", surroundings.others_cpu_share);
    return out.line();
}

}  // namespace

std::string to_json_text(const Measurement& measurement) {
    Object out;
    out.add("started_at", measurement.started_at);
    out.add("started_t", measurement.started_t);
    out.add("wall_s", measurement.wall_s);
    out.add("end", std::string(name_of(measurement.end)));
    out.add("cause", std::string(name_of(measurement.cause)));
    out.add("exit_code", std::int64_t{measurement.exit_code});
    out.add("signal", std::int64_t{measurement.signal});
    out.add("start_errno", std::int64_t{measurement.start_errno});
    out.add("start_step", measurement.start_step);
    out.add("oom_kills", measurement.oom_kills);
    out.add("leftovers_killed", measurement.leftovers_killed);
    out.add("user_s", measurement.user_s);
    out.add("system_s", measurement.system_s);
    out.add("initial_rss_bytes", measurement.initial_rss_bytes);
    out.add("final_rss_bytes", measurement.final_rss_bytes);
    out.add("peak_rss_bytes", measurement.peak_rss_bytes);
    out.add("peak_rss_low_bytes", measurement.peak_rss_low_bytes);
    out.add("peak_rss_high_bytes", measurement.peak_rss_high_bytes);
    out.add("peak_cgroup_bytes", measurement.peak_cgroup_bytes);
    out.add("peak_swap_bytes", measurement.peak_swap_bytes);
    out.add("peak_cache_bytes", measurement.peak_cache_bytes);
    out.add("peak_anonymous_bytes", measurement.peak_parts.anonymous);
    out.add("peak_shared_bytes", measurement.peak_parts.shared);
    out.add("peak_file_bytes", measurement.peak_parts.file);
    const auto& reached = measurement.memory_limit_reached;
    out.add_raw("memory_limit_reached", !reached ? "null" : *reached ? "true" : "false");
    out.add("swapped_in_bytes", measurement.swapped_in_bytes);
    out.add("swapped_out_bytes", measurement.swapped_out_bytes);
    out.add("memory_stall_s", measurement.memory_stall_s);
    out.add("major_faults", measurement.major_faults);
    out.add("minor_faults", measurement.minor_faults);
    out.add("voluntary_switches", measurement.voluntary_switches);
    out.add("involuntary_switches", measurement.involuntary_switches);
    out.add("read_blocks", measurement.read_blocks);
    out.add("written_blocks", measurement.written_blocks);
    out.add("memory_method", measurement.memory_method);
    out.add_raw("missing", json_of(measurement.missing));
    out.add_raw("unenforced", json_of(measurement.unenforced));
    out.add_raw("surroundings", json_of(measurement.surroundings));
    out.add("supervision_cpu_s", measurement.supervision_cpu_s);
    out.add("supervision_hold_s", measurement.supervision_hold_s);
    out.add_raw("phases", json_of(measurement.phases));
    return out.text();
}

std::string to_json_line(const Sample& sample) {
    char text[120];
    std::snprintf(text, sizeof text, "{\"t_s\":%.4f,\"rss_bytes\":%lld,\"processes\":%d", sample.t_s,
                  static_cast<long long>(sample.rss_bytes), sample.processes);
    std::string line = text;
    const auto add = [&line](const char* name, const std::optional<std::int64_t>& bytes) {
        if (bytes) line += std::string(",\"") + name + "\":" + std::to_string(*bytes);
    };
    add("anonymous_bytes", sample.parts.anonymous);
    add("shared_bytes", sample.parts.shared);
    add("file_bytes", sample.parts.file);
    add("swap_bytes", sample.swap_bytes);
    add("cache_bytes", sample.cache_bytes);
    return line + "}\n";
}

}  // namespace tidemark::protocol
