// The directory of a run that has ended, with anything in its files: a record comes out of it.
#include "base/error.hpp"
#include "harness.hpp"
#include "run/record.hpp"
#include "support/example_run.hpp"

namespace {

using namespace tidemark;

/// What an input does not say is as after a run that went well.
void lay_out(const run::RunDirectory& directory, std::string_view input) {
    for (const auto& [name, content] : fuzz::parts_of(input)) {
        if (name.empty() || name.size() > 100 || name.find('/') != std::string::npos || name.starts_with("."))
            continue;
        if (name.find('\0') != std::string::npos || std::filesystem::is_directory(directory.path() / name))
            continue;
        fuzz::write(directory.path() / name, content);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path parent = fuzz::scratch() / "runs";
    std::filesystem::remove_all(parent);
    std::filesystem::create_directories(parent);
    const run::RunDirectory directory =
        test::make_run_directory(parent, test::example_request("run1"), test::example_measurement());
    lay_out(directory, {reinterpret_cast<const char*>(data), size});
    try {
        run::read_record(directory);
    } catch (const CannotGoOn&) {  // request.json cannot be read
    }
    return 0;
}
