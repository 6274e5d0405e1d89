// The writing half: the standard library only, because it is part of the warden.
#include "protocol/measurement.hpp"

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
    void add_raw(const char* key, const std::string& json) {
        members_ += (members_.empty() ? "" : ",\n") + ("  " + quoted(key)) + ": " + json;
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
    out.add("major_faults", measurement.major_faults);
    out.add("minor_faults", measurement.minor_faults);
    out.add("voluntary_switches", measurement.voluntary_switches);
    out.add("involuntary_switches", measurement.involuntary_switches);
    out.add("read_blocks", measurement.read_blocks);
    out.add("written_blocks", measurement.written_blocks);
    out.add("memory_method", measurement.memory_method);
    out.add_raw("missing", json_of(measurement.missing));
    out.add_raw("phases", json_of(measurement.phases));
    return out.text();
}

std::string to_json_line(const Sample& sample) {
    char text[120];
    std::snprintf(text, sizeof text, "{\"t_s\":%.4f,\"rss_bytes\":%lld,\"processes\":%d}\n", sample.t_s,
                  static_cast<long long>(sample.rss_bytes), sample.processes);
    return text;
}

}  // namespace tidemark::protocol
