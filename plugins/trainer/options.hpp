#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/units.hpp"
#include "base/value.hpp"

namespace tidemark::trainer {

/// All that a training job can be told. The defaults stand here and nowhere else.
struct Options {
    std::string model = "h2q";
    std::string dataset = "synthetic";
    std::string data_dir{};
    std::int64_t image_channels = 3;
    std::int64_t image_size = 0;
    std::int64_t classes = 10;
    std::string labels = "fine";
    std::int64_t batch_size = 128;
    std::int64_t accumulation = 1;
    std::int64_t workers = 0;
    std::string worker_kind = "thread";
    std::int64_t prefetch = 2;
    bool pin_memory = false;
    std::int64_t epochs = 10;
    std::int64_t train_samples = 0;
    std::int64_t test_samples = 0;
    std::int64_t eval_batch_size = 0;
    bool drop_last = false;
    std::int64_t hidden = 256;
    std::int64_t depth = 4;
    std::string norm = "batch";
    std::string formulation = "plain";
    std::string checkpointing = "none";
    std::string precision = "fp32";
    std::string memory_format = "contiguous";
    std::string optimizer = "adamw";
    double lr = 1e-3;
    double weight_decay = 1e-4;
    double momentum = 0;
    std::string schedule = "cosine";
    std::int64_t warmup_epochs = 0;
    std::int64_t step_epochs = 30;
    double step_factor = 0.1;
    double label_smoothing = 0;
    double clip_norm = 0;
    std::string class_weights = "none";
    double validation = 0;
    std::int64_t patience = 0;
    bool augment = true;
    std::int64_t seed = 1;
    std::int64_t threads = 0;
    std::string device = "auto";
    std::string allocator = "glibc";
    std::int64_t cleanup = 0;
    bool drop_file_pages = false;
    bool allow_divergence = false;
    std::string init{};
    std::string save = "none";
    std::int64_t save_every = 1;
    std::string best_by = "accuracy";
    Seconds checkpoint_every{};
    std::string resume{};
    /// The parameters that change what is learnt, as they are to be told to a training that goes on with this
    /// one.
    std::map<std::string, std::string> learning{};
    std::map<std::string, Value> of_model{};  ///< options of models that a library brought, where given
};

}  // namespace tidemark::trainer
