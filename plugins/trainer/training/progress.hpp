#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/units.hpp"
#include "trainer/training/evaluation.hpp"
#include "trainer/training/loss_scaler.hpp"
#include "trainer/training/train_epoch.hpp"

namespace tidemark::trainer {

/// What an epoch came to.
struct EpochRecord {
    double loss = 0;
    TestFigures tested;
    std::optional<TestFigures> validated{};  ///< where there are validation images
    Seconds spent{};                         ///< in training steps
};

/// How far a training has come: with the tensors, all that it needs to go on.
struct Progress {
    std::int64_t epoch = 1;  ///< the one that is being made
    EpochSums sums;          ///< of it
    Seconds spent{};         ///< in it, in training steps
    std::vector<EpochRecord> epochs;
    std::int64_t best_epoch = 0;  ///< 0: none yet
    std::int64_t images = 0;      ///< of the epochs before
    std::int64_t optimizer_steps = 0;
    LossScaler::State scaler;
    std::vector<std::int64_t> steps_of_parameters;  ///< as the optimizer counts them
    std::map<std::string, std::string> told;        ///< the parameters that change what is learnt
};

nlohmann::json to_json(const Progress& progress);

/// Throws nlohmann::json::exception where it is none.
Progress progress_from_json(const nlohmann::json& json);

}  // namespace tidemark::trainer
