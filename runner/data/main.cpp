#include <cstdlib>
#include <exception>
#include <iostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "data/download_progress.hpp"
#include "data/fetch.hpp"
#include "terminal/installation.hpp"
#include "terminal/signals.hpp"
#include "terminal/visible_stream.hpp"

namespace tidemark::data {
namespace {

void fetch_and_tell(const KnownSet& set, const FetchOptions& options) {
    const terminal::SignalInterruption interruption;
    DownloadProgress progress;
    const std::string place = terminal::shown_path(options.data_folder / set.folder);
    const Fetched fetched = fetch(set, options, progress);
    if (fetched.was_complete) {
        progress.note(fmt::format("{} is in {} already, and complete", set.title, place));
        return;
    }
    if (!fetched.moved_aside.empty()) {
        progress.note(fmt::format("what stood there was not complete, and is {} now",
                                  terminal::shown_path(fetched.moved_aside)));
    }
    progress.note(fmt::format("{} is in {}", set.title, place));
}

}  // namespace
}  // namespace tidemark::data

/// `tidemark data fetch` becomes this program: NAME FOLDER FROM, all of them, with its output and exit codes.
int main(int argc, char** argv) {
    using namespace tidemark;
    constexpr int kArguments = 4;
    if (argc != kArguments) {
        std::cerr << "this is a part of tidemark; `tidemark data fetch` starts it\n";
        return static_cast<int>(ExitCode::Usage);
    }
    const terminal::VisibleStream visible(std::cerr);
    try {
        data::fetch_and_tell(data::known_set(argv[1]), {argv[2], argv[3]});
        return EXIT_SUCCESS;
    } catch (const Error& error) {
        std::cerr << (error.code() == ExitCode::Usage ? "" : "tidemark: ") << error.what() << '\n';
        return static_cast<int>(error.code());
    } catch (const std::exception& error) {
        std::cerr << "tidemark: unexpected: " << error.what() << "; please report this\n";
        return static_cast<int>(ExitCode::CannotGoOn);
    }
}
