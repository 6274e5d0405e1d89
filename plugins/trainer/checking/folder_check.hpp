#pragma once

#include <filesystem>

#include "trainer/checking/data_check.hpp"

namespace tidemark::trainer {

/// Of a folder with train/CLASS/ and test/CLASS/ or val/CLASS/.
DataFindings check_folder(const std::filesystem::path& folder);

}  // namespace tidemark::trainer
