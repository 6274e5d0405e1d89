// A sweep file that anybody may have written: it is read, checked and expanded, or refused with what is
// wrong.
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "harness.hpp"
#include "sweep/sweep.hpp"

namespace {

using namespace tidemark;

constexpr std::size_t kRunsLookedAt = 20;

std::vector<std::string> cells_of(const sweep::Sweep& sweep) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < std::min(kRunsLookedAt, sweep.runs().size()); ++i) {
        const protocol::Request request = sweep.request(sweep.runs()[i]);
        fuzz::must(!request.cell.empty(), "a run has a cell");
        fuzz::must(protocol::to_json(protocol::request_from_json(protocol::to_json(request))) ==
                       protocol::to_json(request),
                   "a request that was written is read as it was");
        cells.push_back(request.cell);
        sweep.key(sweep.runs()[i]);
    }
    return cells;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::filesystem::path file = fuzz::scratch() / "sweep.yaml";
    fuzz::write(file, {reinterpret_cast<const char*>(data), size});
    sweep::LoadOptions options;
    options.caller_directory = fuzz::scratch();
    try {
        const sweep::WorkloadCatalogue workloads;
        const sweep::Sweep sweep = sweep::Sweep::load(file, workloads, options);
        const std::vector<std::string> cells = cells_of(sweep);
        fuzz::must(cells == cells_of(sweep::Sweep::load(file, workloads, options)),
                   "the cells are those of the file");
    } catch (const UsageError&) {  // what most inputs are
    }
    return 0;
}
