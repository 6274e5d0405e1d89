#include "run/left_running.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/regular_file.hpp"
#include "protocol/measurement.hpp"
#include "run/run_directory.hpp"
#include "terminal/display_text.hpp"

namespace tidemark::run {

std::string left_running(const std::filesystem::path& directory) {
    const auto text = read_regular_file(RunDirectory(directory).measurement());
    if (!text) return {};
    try {
        const auto measured = protocol::measurement_from_json_text(*text);
        const auto named = static_cast<std::int64_t>(measured.leftovers.size());
        if (measured.leftovers_killed == 0 || named == 0) return {};
        std::string programs = terminal::visible(fmt::format("{}", fmt::join(measured.leftovers, ", ")));
        if (measured.leftovers_killed > named)
            programs += fmt::format(" and {} more", measured.leftovers_killed - named);
        return fmt::format(
            "left {} running, which {} ended with it; what is to run beside the program is a "
            "`service:`",
            programs, measured.leftovers_killed == 1 ? "was" : "were");
    } catch (const std::invalid_argument&) {
        return {};
    }
}

}  // namespace tidemark::run
