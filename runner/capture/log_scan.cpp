#include "capture/log_scan.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/line_reader.hpp"
#include "capture/nearest_line.hpp"
#include "capture/number.hpp"
#include "capture/pattern.hpp"
#include "capture/series.hpp"

namespace tidemark::capture {
namespace {

/// One expression on its way through a log.
class Search {
  public:
    Search(const protocol::Capture& capture, Captured& found)
        : capture_(capture), found_(found), pattern_(capture.what), series_(capture, found) {}

    void look_at(std::int64_t number, std::string_view line) {
        if (!series_.wants_more()) return;
        const auto match = pattern_.in(line);
        if (!match) return;
        const Written value = written_value(capture_, match->value);
        const auto epoch = match->epoch ? integer_from(*match->epoch) : std::nullopt;
        if (!value.number)
            refuse(number, match->value, value.problem, line);
        else if (match->epoch && !epoch)
            refuse(number, *match->epoch, "is no epoch", line);
        else
            series_.add(*value.number, epoch);
    }

    void finish(const std::filesystem::path& log) {
        series_.finish();
        if (!series_.is_empty() || !capture_.required) return;
        report_lacking(capture_, refused_.empty() ? explain_no_match(log) : refused_, found_);
    }

  private:
    void refuse(std::int64_t number, std::string_view what, std::string_view why, std::string_view line) {
        if (!series_.is_empty() || !refused_.empty()) return;
        refused_ =
            fmt::format("line {} of {} matches '{}', but '{}' {}: {}", number, to_text(capture_.source),
                        capture_.what, quoted_line(what), why, quoted_line(line));
    }

    std::string explain_no_match(const std::filesystem::path& log) const {
        const std::string_view source = to_text(capture_.source);
        const NearestLine nearest = nearest_line(log, capture_.what);
        if (nearest.number == 0) return fmt::format("{} is empty", source);
        if (nearest.alike) {
            return fmt::format("no line of {} matches '{}'; the nearest is line {}: {}", source,
                               capture_.what, nearest.number, nearest.text);
        }
        return fmt::format("no line of {} matches '{}' or is like it; the last of {} is: {}", source,
                           capture_.what, nearest.lines, nearest.text);
    }

    const protocol::Capture& capture_;
    Captured& found_;
    Pattern pattern_;
    Series series_;
    std::string refused_;
};

}  // namespace

void for_each_line(const std::filesystem::path& log,
                   const std::function<void(std::int64_t, std::string_view)>& use) {
    LineReader lines(log, "\n\r");
    lines.read_new([&](std::string_view line) { use(lines.number(), line); });
    if (!lines.rest().empty()) use(lines.lines() + 1, lines.rest());
}

void scan_log(const std::filesystem::path& log, const std::vector<const protocol::Capture*>& captures,
              Captured& found) {
    if (captures.empty()) return;
    std::vector<std::unique_ptr<Search>> searches;
    for (const protocol::Capture* capture : captures)
        searches.push_back(std::make_unique<Search>(*capture, found));
    for_each_line(log, [&](std::int64_t number, std::string_view line) {
        for (const auto& search : searches) search->look_at(number, line);
    });
    for (const auto& search : searches) search->finish(log);
}

}  // namespace tidemark::capture
