#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>
#include <torch/torch.h>

namespace tidemark::trainer {

/// The state of a training: facts, and tensors bit for bit. Each part has a digest, so that one that was
/// damaged is never gone on from.
void write_checkpoint(const std::filesystem::path& file, const nlohmann::json& facts,
                      const std::vector<torch::Tensor>& tensors);

/// Throws std::runtime_error naming the file, and what is wrong with it.
class CheckpointReader {
  public:
    explicit CheckpointReader(std::filesystem::path file);
    ~CheckpointReader();
    CheckpointReader(const CheckpointReader&) = delete;
    CheckpointReader& operator=(const CheckpointReader&) = delete;

    const std::filesystem::path& file() const { return file_; }
    nlohmann::json facts();
    /// Reads it all, and throws where a part of it is damaged.
    void verify();
    /// Fills the tensors, which must be as many and as large as those that were written.
    void fill(const std::vector<torch::Tensor>& tensors);

  private:
    struct Archive;
    [[noreturn]] void refuse(const std::string& why) const;
    std::string record(const std::string& name);
    void require_digest(std::size_t number, std::string_view bytes) const;

    std::filesystem::path file_;
    std::unique_ptr<Archive> archive_;
};

}  // namespace tidemark::trainer
