// The writing half: the standard library only, because it is part of the warden.
#include "protocol/measurement.hpp"

#include <algorithm>
#include <cstdio>

#include "base/text_encoding.hpp"
#include "protocol/figures.hpp"

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
    void add(std::string_view key, const std::string& text) { add_raw(key, quoted(text)); }
    void add(std::string_view key, std::int64_t number) { add_raw(key, std::to_string(number)); }
    void add(std::string_view key, double number) {
        char text[40];
        std::snprintf(text, sizeof text, "%.9f", number);
        add_raw(key, text);
    }
    void add(std::string_view key, const std::optional<std::int64_t>& number) {
        add_raw(key, number ? std::to_string(*number) : "null");
    }
    void add(std::string_view key, const std::optional<bool>& flag) {
        add_raw(key, !flag ? "null" : *flag ? "true" : "false");
    }
    void add(std::string_view key, const std::optional<double>& number) {
        if (number)
            add(key, *number);
        else
            add_raw(key, "null");
    }
    void add_raw(std::string_view key, const std::string& json) {
        members_ += (members_.empty() ? "" : ",\n") + ("  " + quoted(std::string(key))) + ": " + json;
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

std::string json_of(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + quoted(text);
    return "[" + out + "]";
}

std::string json_of(const std::vector<Survivor>& survivors) {
    std::string out;
    for (const Survivor& survivor : survivors) {
        out += (out.empty() ? "" : ", ") + ("{\"pid\": " + std::to_string(survivor.pid)) +
               ", \"program\": " + quoted(survivor.program) + ", \"state\": " + quoted(survivor.state) + "}";
    }
    return "[" + out + "]";
}

std::string json_of(const Surroundings& surroundings) {
    Object out;
    out.add("observed_s", surroundings.observed_s);
    out.add("swapped_in_bytes", surroundings.swapped_in_bytes);
    out.add("swapped_out_bytes", surroundings.swapped_out_bytes);
    out.add("stall_s", surroundings.stall_s);
    out.add("others_cpu_share", surroundings.others_cpu_share);
    out.add("speed_spread", surroundings.speed_spread);
    out.add("calculation_s", surroundings.calculation_s);
    return out.line();
}

std::string json_of(const EnclosingKills& enclosing) {
    Object out;
    out.add("oom_kills", enclosing.oom_kills);
    out.add("of_run", enclosing.of_run);
    out.add("limit_bytes", enclosing.limit_bytes);
    return out.text();
}

}  // namespace

std::string to_json_text(const Measurement& measurement) {
    Object out;
    out.add("started_at", measurement.started_at);
    out.add("started_t", measurement.started_t);
    out.add("end", std::string(name_of(measurement.end)));
    out.add("cause", std::string(name_of(measurement.cause)));
    out.add("exit_code", std::int64_t{measurement.exit_code});
    out.add("signal", std::int64_t{measurement.signal});
    out.add("start_errno", std::int64_t{measurement.start_errno});
    out.add("start_step", measurement.start_step);
    out.add("oom_kills", measurement.oom_kills);
    out.add("leftovers_killed", measurement.leftovers_killed);
    for (const Figure& figure : kFigures) {
        std::visit([&](const auto& member) { out.add(figure.name, measurement.*member); }, figure.member);
    }
    out.add_raw("missing", json_of(measurement.missing));
    out.add_raw("unenforced", json_of(measurement.unenforced));
    out.add_raw("survivors", json_of(measurement.survivors));
    out.add_raw("leftovers", json_of(measurement.leftovers));
    out.add_raw("lost_rights", json_of(measurement.lost_rights));
    out.add("cpu_time_is_low", std::optional<bool>(measurement.cpu_time_is_low));
    out.add_raw("surroundings", json_of(measurement.surroundings));
    out.add_raw("enclosing", json_of(measurement.enclosing));
    out.add("supervision_cpu_s", measurement.supervision_cpu_s);
    out.add("supervision_hold_s", measurement.supervision_hold_s);
    out.add_raw("phases", json_of(measurement.phases));
    return out.text();
}

std::string to_json_line(const Sample& sample) {
    char text[60];
    std::snprintf(text, sizeof text, "{\"t_s\":%.4f", sample.t_s);
    std::string line = text;
    const auto add = [&line](const char* name, const auto& number) {
        if (number) line += std::string(",\"") + name + "\":" + std::to_string(*number);
    };
    add("rss_bytes", sample.rss_bytes);
    add("processes", sample.processes);
    add("anonymous_bytes", sample.parts.anonymous);
    add("shared_bytes", sample.parts.shared);
    add("file_bytes", sample.parts.file);
    add("swap_bytes", sample.swap_bytes);
    add("cache_bytes", sample.cache_bytes);
    add("charged_bytes", sample.charged_bytes);
    add("rss_sum_bytes", sample.rss_sum_bytes);
    return line + "}\n";
}

}  // namespace tidemark::protocol
