#include "run/heap_layout.hpp"

#include <system_error>

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidemark::run {
namespace {

constexpr const char* kPreload = "LD_PRELOAD";
constexpr const char* kSeparators = " :";  // of its names: ld.so(8)

}  // namespace

std::size_t heap_offset(int repeat) {
    constexpr std::size_t kAlignment = 16;
    constexpr std::size_t kPlaces = 4096;
    constexpr std::size_t kStride = 2531;  // the golden ratio of the places: any few repeats lie well apart
    return (static_cast<std::size_t>(repeat - 1) * kStride % kPlaces) * kAlignment;
}

void vary_heap_layout(const protocol::Request& request, const std::filesystem::path& library,
                      const char* callers_preload, std::map<std::string, std::string>& environment) {
    if (request.heap_layout == protocol::HeapLayout::Same) return;
    std::error_code error;
    if (!std::filesystem::exists(library, error)) {
        throw CannotGoOn(
            fmt::format("{} is missing; the installation is incomplete, build it again, or leave out "
                        "'heap_layout: varied'",
                        library.string()));
    }
    if (library.native().find_first_of(kSeparators) != std::string::npos) {
        throw CannotGoOn(
            fmt::format("'heap_layout: varied' needs tidemark in a folder whose path has neither "
                        "space nor colon, for LD_PRELOAD cannot name {}",
                        library.string()));
    }
    std::string others = callers_preload == nullptr ? "" : callers_preload;
    if (const auto own = environment.find(kPreload); own != environment.end()) others = own->second;
    // behind the others: an allocator that is preloaded comes first, and it is its heap that is shifted
    environment[kPreload] = others.empty() ? library.string() : others + ":" + library.string();
    environment[kHeapOffsetVariable] = fmt::format("{}", heap_offset(request.repeat));
}

}  // namespace tidemark::run
