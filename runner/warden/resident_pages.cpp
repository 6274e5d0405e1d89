#include "warden/resident_pages.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string_view>

#include "warden/page_tables.hpp"

namespace tidemark::warden {
namespace {

constexpr std::int64_t kKibibyte = 1024;

/// Page tables are read where more is in doubt, and where what is mapped is not much more than what is there:
/// that of each page takes 8 bytes.
constexpr std::int64_t kWorthALook = 256 * kKibibyte;
constexpr std::int64_t kMostSparse = 16;

/// Mappings of the kernel's own pages, which it counts for nobody.
bool is_of_the_kernel(const std::string& name) {
    return name == "[vdso]" || name == "[vvar]" || name == "[vvar_vclock]" || name == "[vsyscall]";
}

/// The value of a `Name:   123 kB` line, where it is that line.
bool take_kibibytes(const std::string& line, std::string_view name, std::int64_t& bytes) {
    if (line.compare(0, name.size(), name) != 0) return false;
    bytes = std::atoll(line.c_str() + name.size()) * kKibibyte;
    return true;
}

}  // namespace

MemoryFileSystems::MemoryFileSystems(const std::string& mountinfo) {
    std::istringstream lines(mountinfo);
    // `36 35 98:0 /root /point options - type source …` (proc(5))
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string number, parent, device;
        fields >> number >> parent >> device;
        const std::size_t dash = line.find(" - ");
        if (dash == std::string::npos) continue;
        std::string type;
        std::istringstream(line.substr(dash + 3)) >> type;
        unsigned major = 0, minor = 0;
        if (std::sscanf(device.c_str(), "%u:%u", &major, &minor) != 2) continue;
        char text[32];
        // as maps writes it: hexadecimal, two digits at least
        std::snprintf(text, sizeof text, "%02x:%02x", major, minor);
        const bool is_memory = type == "tmpfs" || type == "devtmpfs" || type == "ramfs";
        (is_memory ? memory_ : others_).insert(text);
    }
}

bool MemoryFileSystems::have(const std::string& device) const {
    if (memory_.count(device) != 0) return true;
    return device.compare(0, 3, "00:") == 0 && others_.count(device) == 0;
}

void ResidentPages::begin_process(pid_t process) {
    process_ = process;
    mapping_ = {};
    of_process_.clear();
}

void ResidentPages::take_line(const std::string& line) {
    // `7f…-7f… r-xp 00001000 08:01 1234  /path`: the only lines that begin with a digit or a small letter
    const char first = line.empty() ? '\0' : line[0];
    if ((first >= '0' && first <= '9') || (first >= 'a' && first <= 'f')) {
        begin_mapping(line);
        return;
    }
    std::int64_t bytes = 0;
    if (take_kibibytes(line, "Rss:", mapping_.part.resident)) return;
    if (take_kibibytes(line, "Pss:", mapping_.proportional)) return;
    if (take_kibibytes(line, "Anonymous:", mapping_.anonymous)) return;
    if (mapping_.counts && take_kibibytes(line, "SwapPss:", bytes)) swap_ += bytes;
}

void ResidentPages::begin_mapping(const std::string& line) {
    end_mapping();
    unsigned long long begin = 0, end = 0, offset = 0, inode = 0;
    char device[32] = {};
    int name_at = 0;
    if (std::sscanf(line.c_str(), "%llx-%llx %*s %llx %31s %llu %n", &begin, &end, &offset, device, &inode,
                    &name_at) < 5)
        return;
    const std::string name = name_at > 0 ? line.substr(static_cast<std::size_t>(name_at)) : std::string();
    mapping_.counts = !is_of_the_kernel(name);
    mapping_.is_file = inode != 0;
    mapping_.file = {device, std::to_string(inode)};
    mapping_.part.process = process_;
    mapping_.part.address = static_cast<std::int64_t>(begin);
    mapping_.part.begin = static_cast<std::int64_t>(offset);
    mapping_.part.end = static_cast<std::int64_t>(offset + (end - begin));
}

void ResidentPages::end_mapping() {
    if (mapping_.counts) held_[process_].anonymous += mapping_.anonymous;
    if (mapping_.counts && mapping_.is_file) {
        // a private mapping holds copies of its own, too; where they are shared, it is after a fork
        anonymous_ += std::min(mapping_.anonymous, mapping_.proportional);
        Part part = mapping_.part;
        part.resident -= mapping_.anonymous;
        least_anonymous_ += std::max(std::int64_t{0}, mapping_.proportional - part.resident);
        if (part.resident > 0) of_process_[mapping_.file].push_back(part);
    } else if (mapping_.counts) {
        anonymous_ += mapping_.proportional;
        least_anonymous_ += mapping_.proportional;
    }
    mapping_ = {};
}

void ResidentPages::end_process() {
    end_mapping();
    Held& held = held_[process_];
    for (auto& [file, parts] : of_process_) {
        std::ranges::sort(parts, {}, &Part::begin);
        Mapped& mapped = files_[file];
        const bool is_memory = memory_file_systems_.have(file.first);
        std::int64_t once = 0;
        std::int64_t reach = 0;
        for (const Part& part : parts) {
            const std::int64_t again = std::max(std::int64_t{0}, std::min(reach, part.end) - part.begin);
            const std::int64_t twice = std::min(part.resident, again);
            once += part.resident - twice;
            mapped.sum += part.resident;
            (is_memory ? held.shared : held.file) += part.resident;
            reach = std::max(reach, part.end);
        }
        mapped.most_of_one = std::max(mapped.most_of_one, once);
        mapped.parts.insert(mapped.parts.end(), parts.begin(), parts.end());
    }
    of_process_.clear();
}

ResidentPages::Distinct ResidentPages::distinct(const Mapped& mapped) {
    std::vector<Part> parts = mapped.parts;
    std::ranges::sort(parts, {}, &Part::begin);
    std::int64_t together = 0;
    std::int64_t reach = 0;
    std::vector<FilePart> file_parts;
    for (const Part& part : parts) {
        together += std::max(std::int64_t{0}, part.end - std::max(reach, part.begin));
        reach = std::max(reach, part.end);
        file_parts.push_back({part.process, part.address, part.begin, part.end - part.begin, part.resident});
    }
    Distinct pages{mapped.most_of_one, std::min(mapped.sum, together)};
    const std::int64_t in_doubt = pages.most - pages.least;
    if (in_doubt < kWorthALook || together > mapped.sum * kMostSparse) return pages;
    if (const auto by_any = mapped_by_any(file_parts)) {
        pages.least = std::min(by_any->once, pages.most);
        pages.most = std::min(by_any->once + by_any->gone, pages.most);
    }
    return pages;
}

ResidentPages::Held ResidentPages::held_by(pid_t process) const {
    const auto held = held_.find(process);
    return held == held_.end() ? Held{} : held->second;
}

ResidentPages::Totals ResidentPages::totals() const {
    Totals totals;
    totals.anonymous = anonymous_;
    totals.least_anonymous = least_anonymous_;
    totals.swap = swap_;
    for (const auto& [file, mapped] : files_) {
        const Distinct pages = distinct(mapped);
        Distinct& kind = memory_file_systems_.have(file.first) ? totals.shared : totals.file;
        kind.least += pages.least;
        kind.most += pages.most;
    }
    return totals;
}

}  // namespace tidemark::warden
