#pragma once

#include <functional>
#include <memory>
#include <string>

#include "protocol/description.hpp"
#include "trainer/datasets/dataset.hpp"
#include "trainer/options.hpp"

namespace tidemark::trainer {

/// One choice of the parameter `dataset`, and all that others must know of it.
struct DatasetKind {
    std::string name;   ///< as it is chosen: "cifar10"
    std::string title;  ///< as people call it: "CIFAR-10"
    std::string meaning;
    std::string files;          ///< what data_dir must hold; empty: it needs no files
    bool fetched = false;       ///< `tidemark data fetch NAME` gets it
    protocol::Caveat caveat{};  ///< what a reader of any figure must be told
    std::function<std::unique_ptr<Dataset>(const Options&, Split)> open;
};

}  // namespace tidemark::trainer
