#include "trainer/describe.hpp"

#include <cstring>

#include <elf.h>
#include <link.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/build_info.hpp"
#include "trainer/libtorch_version.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/parameters.hpp"

namespace tidemark::trainer {
namespace {

/// From share/tidemark/workloads/ to the program, in the build tree as in an installed one.
constexpr const char* kProgram = "../../../libexec/tidemark/tidemark-train";

std::string hex(const unsigned char* bytes, std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
}

/// Notes are a header, a name and a description, the latter two padded to 4 bytes (elf(5)).
std::string find_build_id(const unsigned char* notes, std::size_t size) {
    const auto padded = [](std::size_t length) { return (length + 3) / 4 * 4; };
    for (std::size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
        ElfW(Nhdr) header;
        std::memcpy(&header, notes + at, sizeof header);
        const unsigned char* name = notes + at + sizeof header;
        const unsigned char* description = name + padded(header.n_namesz);
        const bool is_gnu = header.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0;
        if (header.n_type == NT_GNU_BUILD_ID && is_gnu) return hex(description, header.n_descsz);
        at += sizeof header + padded(header.n_namesz) + padded(header.n_descsz);
    }
    return {};
}

int look_at_object(dl_phdr_info* object, std::size_t, void* result) {
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr)& segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_NOTE) continue;
        const auto* notes = reinterpret_cast<const unsigned char*>(object->dlpi_addr + segment.p_vaddr);
        const std::string id = find_build_id(notes, segment.p_memsz);
        if (!id.empty()) *static_cast<std::string*>(result) = id;
    }
    return 1;  // the first object is the program itself; the rest is of no interest
}

}  // namespace

std::string build_id() {
    std::string id;
    dl_iterate_phdr(look_at_object, &id);
    return id;
}

protocol::WorkloadDescription describe() {
    protocol::WorkloadDescription description;
    description.workload = "train";
    description.program = kProgram;
    description.build_id = build_id();
    description.versions = {
        {"libtorch", libtorch_version()}, {"blas", blas_library()}, {"compiler", std::string(compiler())}};
    description.version_titles = {{"libtorch", "LibTorch"}};
    description.repeats_note = {"not of the training (repeats share the seed)",
                                "而非训练的区间（各次重复使用同一随机种子）"};
    for (const Parameter& parameter : parameters()) description.parameters.push_back(parameter.description);
    description.metrics = metrics();
    description.models = describe_models();
    description.takes_plugins = true;
    description.self_test = true;
    return description;
}

std::string help_text() {
    std::string text =
        "tidemark-train: trains an image classifier and says what it does in memory.\n\n"
        "It is started by `tidemark run`, and by hand as well: tidemark-train --model baseline --batch-size "
        "16\n\n";
    for (const Parameter& parameter : parameters()) {
        const auto& described = parameter.description;
        std::string kind(protocol::to_text(described.type));
        if (!described.choices.empty()) kind = fmt::format("{}", fmt::join(described.choices, "|"));
        text += fmt::format(
            "  --{} {} (default: {})\n      {}\n", described.name, kind,
            is_null(described.default_value) ? "none" : tidemark::to_text(described.default_value),
            described.meaning);
    }
    return text;
}

}  // namespace tidemark::trainer
