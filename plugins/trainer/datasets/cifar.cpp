#include "trainer/datasets/cifar.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

namespace tidemark::trainer {
namespace {

constexpr std::int64_t kPixels = 3 * 32 * 32;
constexpr std::size_t kMostLabels = 2;

}  // namespace

Normalisation cifar10_normalisation() {
    return {{0.4914F, 0.4822F, 0.4465F}, {0.2023F, 0.1994F, 0.2010F}};
}

Cifar::Cifar(CifarForm form, const std::filesystem::path& data_dir, Split split) : form_(std::move(form)) {
    const CifarForm::Files& files = split == Split::Train ? form_.train : form_.test;
    records_ = files.records;
    for (const std::string& name : files.names) {
        const DataFile& file =
            files_.emplace_back(data_dir / form_.folder / name,
                                fmt::format("data_dir must be the folder that holds {}/", form_.folder));
        if (file.size() != records_ * record_size()) {
            throw std::runtime_error(
                fmt::format("{} has {} bytes, a file of {} has {}; it is cut short or another file",
                            file.name(), file.size(), form_.title, records_ * record_size()));
        }
    }
}

std::int64_t Cifar::record_size() const {
    return static_cast<std::int64_t>(form_.labels.size()) + kPixels;
}

std::int64_t Cifar::size() const {
    return static_cast<std::int64_t>(files_.size()) * records_;
}

DataShape Cifar::shape() const {
    return {3, 32, 32, form_.labels[form_.used_label].classes};
}

void Cifar::check_labels(const DataFile& file, std::int64_t offset,
                         std::span<const std::uint8_t> labels) const {
    for (std::size_t i = 0; i < form_.labels.size(); ++i) {
        const auto& [name, classes] = form_.labels[i];
        if (labels[i] < classes) continue;
        throw std::runtime_error(fmt::format("{}: the {} at offset {} is {}, not 0 to {}; the file is not {}",
                                             file.name(), name, offset + static_cast<std::int64_t>(i),
                                             labels[i], classes - 1, form_.title));
    }
}

void Cifar::read(std::int64_t index, Example& example) const {
    const DataFile& file = files_.at(static_cast<std::size_t>(index / records_));
    const std::int64_t offset = index % records_ * record_size();
    std::array<std::uint8_t, kMostLabels + kPixels> buffer;
    const std::span record(buffer.data(), static_cast<std::size_t>(record_size()));
    file.read(offset, record, "record");
    check_labels(file, offset, record);
    example.label = record[form_.used_label];
    example.pixels.resize(kPixels);
    std::memcpy(example.pixels.data(), record.data() + form_.labels.size(), kPixels);
}

std::int64_t Cifar::label(std::int64_t index) const {
    const DataFile& file = files_.at(static_cast<std::size_t>(index / records_));
    const std::int64_t offset = index % records_ * record_size();
    std::array<std::uint8_t, kMostLabels> buffer{};
    const std::span labels(buffer.data(), form_.labels.size());
    file.read(offset, labels, "record");
    check_labels(file, offset, labels);
    return labels[form_.used_label];
}

}  // namespace tidemark::trainer
