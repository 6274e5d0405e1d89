#include "trainer/saving/checkpoint_file.hpp"

#include <caffe2/serialize/inline_container.h>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/digest.hpp"
#include "trainer/saving/atomic_file.hpp"

namespace tidemark::trainer {
namespace {

constexpr const char* kFacts = "facts.json";
constexpr const char* kDigests = "digests";
constexpr std::size_t kDigestLength = 32;  // of one as a text

std::string tensor_name(std::size_t number) {
    return fmt::format("tensor/{}", number);
}

/// A tensor's memory as it lies, in whatever order of axes: the one that it goes back into lies likewise.
std::string_view memory_of(const torch::Tensor& tensor) {
    return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

/// As it can be read by the processor.
torch::Tensor dense_here(const torch::Tensor& tensor) {
    const torch::Tensor here = tensor.detach().cpu();
    return here.is_non_overlapping_and_dense() ? here : here.contiguous();
}

}  // namespace

void write_checkpoint(const std::filesystem::path& file, const nlohmann::json& facts,
                      const std::vector<torch::Tensor>& tensors) {
    AtomicFile out(file);
    caffe2::serialize::PyTorchStreamWriter writer([&](const void* bytes, std::size_t count) {
        out.write(bytes, count);
        return count;
    });
    const std::string text = facts.dump();
    std::string digests = to_text(digest_of(text));
    writer.writeRecord(kFacts, text.data(), text.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const torch::Tensor tensor = dense_here(tensors[i]);
        digests += to_text(digest_of(memory_of(tensor)));
        writer.writeRecord(tensor_name(i), tensor.data_ptr(), tensor.nbytes());
    }
    writer.writeRecord(kDigests, digests.data(), digests.size());
    writer.writeEndOfFile();
    out.commit();
}

struct CheckpointReader::Archive {
    explicit Archive(const std::string& name) : reader(name) {}
    caffe2::serialize::PyTorchStreamReader reader;
    std::string digests;
};

CheckpointReader::CheckpointReader(std::filesystem::path file) : file_(std::move(file)) {
    if (!std::filesystem::exists(file_)) refuse("there is no such file");
    try {
        archive_ = std::make_unique<Archive>(file_.string());
    } catch (const std::exception&) {
        refuse("it is no checkpoint, or not whole");
    }
    archive_->digests = record(kDigests);
}

CheckpointReader::~CheckpointReader() = default;

void CheckpointReader::refuse(const std::string& why) const {
    throw std::runtime_error(fmt::format("cannot resume from {}: {}", file_.string(), why));
}

std::string CheckpointReader::record(const std::string& name) {
    try {
        const auto [bytes, size] = archive_->reader.getRecord(name);
        return {static_cast<const char*>(bytes.get()), size};
    } catch (const std::exception&) {
        refuse(fmt::format("it has no {}; it is no checkpoint, or not whole", name));
    }
}

/// Number 0 is that of the facts.
void CheckpointReader::require_digest(std::size_t number, std::string_view bytes) const {
    if (archive_->digests.compare(number * kDigestLength, kDigestLength, to_text(digest_of(bytes))) != 0)
        refuse(fmt::format("its {} is damaged", number == 0 ? kFacts : tensor_name(number - 1)));
}

nlohmann::json CheckpointReader::facts() {
    const std::string text = record(kFacts);
    require_digest(0, text);
    return nlohmann::json::parse(text);
}

void CheckpointReader::verify() {
    facts();
    for (std::size_t number = 1; number * kDigestLength < archive_->digests.size(); ++number)
        require_digest(number, record(tensor_name(number - 1)));
}

void CheckpointReader::fill(const std::vector<torch::Tensor>& tensors) {
    if (archive_->digests.size() != (1 + tensors.size()) * kDigestLength)
        refuse("it is of another model, or of another optimizer");
    const torch::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const torch::Tensor& tensor = tensors[i];
        const auto [bytes, size] = archive_->reader.getRecord(tensor_name(i));
        if (size != tensor.nbytes()) refuse("it is of another model, or of another optimizer");
        const std::string_view memory(static_cast<const char*>(bytes.get()), size);
        require_digest(1 + i, memory);
        if (tensor.is_cpu() && tensor.is_non_overlapping_and_dense()) {
            std::memcpy(tensor.data_ptr(), memory.data(), size);
            continue;
        }
        const torch::Tensor here = torch::empty_like(dense_here(tensor));
        std::memcpy(here.data_ptr(), memory.data(), size);
        torch::Tensor(tensor).copy_(here);
    }
}

}  // namespace tidemark::trainer
