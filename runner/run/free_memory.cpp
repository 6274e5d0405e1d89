#include "run/free_memory.hpp"

#include "warden/enclosing_memory.hpp"
#include "warden/small_files.hpp"

namespace tidemark::run {
namespace {

std::optional<Bytes> available(const std::string& meminfo) {
    const auto kibibytes = warden::value_in(warden::read_small_file(meminfo), "MemAvailable:");
    return kibibytes ? std::optional(Bytes{*kibibytes * kKibibyte}) : std::nullopt;
}

}  // namespace

std::optional<FreeMemory> free_memory(const warden::CgroupView& view, const std::string& meminfo) {
    const auto of_machine = available(meminfo);
    const auto enclosing = warden::EnclosingMemory(view).tightest();
    if (enclosing && (!of_machine || enclosing->left_bytes < of_machine->value))
        return FreeMemory{Bytes{enclosing->left_bytes}, Bytes{enclosing->limit_bytes}};
    return of_machine ? std::optional(FreeMemory{*of_machine}) : std::nullopt;
}

}  // namespace tidemark::run
