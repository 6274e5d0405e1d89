#include "warden/page_tables.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace tidemark::warden {
namespace {

constexpr std::uint64_t kPresent = std::uint64_t{1} << 63;
constexpr std::uint64_t kOfAFile = std::uint64_t{1} << 61;  // or of shared memory

/// Appends the number of each page of the file that is there.
bool append_present(const FilePart& part, std::int64_t page, std::vector<std::int64_t>& numbers) {
    const std::string path = "/proc/" + std::to_string(part.process) + "/pagemap";
    const int table = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (table < 0) return false;
    std::array<std::uint64_t, 4096> entries{};
    constexpr auto kEntry = static_cast<std::int64_t>(sizeof(std::uint64_t));
    const std::int64_t pages = part.length / page;
    std::int64_t done = 0;
    while (done < pages) {
        const std::int64_t wanted = std::min(pages - done, static_cast<std::int64_t>(entries.size()));
        const ssize_t got = pread(table, entries.data(), static_cast<std::size_t>(wanted * kEntry),
                                  (part.address / page + done) * kEntry);
        if (got <= 0) break;
        const std::int64_t count = got / kEntry;
        for (std::int64_t i = 0; i < count; ++i) {
            const std::uint64_t entry = entries[static_cast<std::size_t>(i)];
            if ((entry & kPresent) != 0 && (entry & kOfAFile) != 0)
                numbers.push_back(part.offset / page + done + i);
        }
        done += count;
    }
    close(table);
    return done == pages;
}

}  // namespace

std::optional<MappedByAny> mapped_by_any(const std::vector<FilePart>& parts) {
    const std::int64_t page = sysconf(_SC_PAGESIZE);
    MappedByAny mapped;
    std::vector<std::int64_t> numbers;
    for (const FilePart& part : parts) {
        const std::size_t before = numbers.size();
        if (!append_present(part, page, numbers)) return std::nullopt;
        const std::int64_t present = static_cast<std::int64_t>(numbers.size() - before) * page;
        mapped.gone += std::max(std::int64_t{0}, part.resident - present);
    }
    std::ranges::sort(numbers);
    const auto end = std::unique(numbers.begin(), numbers.end());
    mapped.once = (end - numbers.begin()) * page;
    return mapped;
}

}  // namespace tidemark::warden
