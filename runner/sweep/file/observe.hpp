#pragma once

#include <string>
#include <vector>

namespace tidemark::sweep {

/// `observe` of the sweep file: whether it is watched what runs read below the file's folder.
struct Observe {
    bool on = true;
    std::vector<std::string> except{};  ///< patterns of files and folders that are left out
};

}  // namespace tidemark::sweep
