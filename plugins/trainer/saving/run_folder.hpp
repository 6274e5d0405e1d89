#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "trainer/options.hpp"

namespace tidemark::trainer {

inline constexpr const char* kCheckpointName = "checkpoint.pt";

/// Where a training keeps what it writes: its run's own folder, TIDEMARK_RUN_DIR; by hand that of the
/// checkpoint that it goes on from, else the one that it was started in.
std::filesystem::path own_folder(const Options& options);

/// The checkpoint that `resume` names: the file, or that of the folder of a run. Throws std::runtime_error
/// where there is none.
std::filesystem::path named_checkpoint(const std::string& resume);

/// request.json of the run whose folder or checkpoint `resume` names, if it is there.
std::optional<std::filesystem::path> request_beside(const std::string& resume);

/// The newest checkpoint that an earlier attempt at this run has left: runs lie beside each other, and the
/// request of each says which run of which sweep it is, of which program and inputs (`key`), and its repeat.
std::optional<std::filesystem::path> earlier_checkpoint();

}  // namespace tidemark::trainer
