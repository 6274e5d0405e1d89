#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <torch/torch.h>

#include "trainer/loader/batch_loader.hpp"
#include "trainer/memory/tensor_account.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/options.hpp"
#include "trainer/reporting/console.hpp"
#include "trainer/reporting/event_log.hpp"
#include "trainer/training/execution.hpp"
#include "trainer/training/loss_scaler.hpp"

namespace tidemark::trainer {

/// Events whose names begin with something, so that several models of one process can be told apart.
class NamedEvents {
  public:
    NamedEvents(EventLog& log, std::string prefix) : log_(log), prefix_(std::move(prefix)) {}
    void phase(const std::string& name) { log_.phase(prefix_ + name); }
    void metric(const std::string& name, double value, std::optional<std::int64_t> epoch = {}) {
        log_.metric(prefix_ + name, value, epoch);
    }
    void bytes(const std::string& name, std::int64_t value) { metric(name, static_cast<double>(value)); }
    void info(const std::string& name, const Value& value) { log_.info(prefix_ + name, value); }
    void progress(const protocol::Progress& progress) { log_.progress(progress); }

  private:
    EventLog& log_;
    std::string prefix_;
};

/// One model from its random weights to its last test. Its tensors are gone with this object.
class ModelTraining {
  public:
    /// `options.model` is a single one. All but the options must outlive this object.
    ModelTraining(const Options& options, const Execution& execution, TensorAccount& account,
                  NamedEvents events, Console& console, BatchLoader& train_loader, BatchLoader& test_loader);
    ModelResult run();

  private:
    void make_model();
    void tell_model();
    EpochResult make_epoch(std::int64_t epoch);
    void after_batch(std::int64_t batch, std::int64_t epoch, double loss);
    MemoryResult tell_memory();

    Options options_;
    const Execution& execution_;
    TensorAccount& account_;
    NamedEvents events_;
    Console& console_;
    BatchLoader& train_loader_;
    BatchLoader& test_loader_;
    std::shared_ptr<Classifier> model_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
    LossScaler scaler_;
    TensorBytes training_peak_;  ///< over all epochs
    TensorBytes evaluation_peak_;
    std::int64_t params_ = 0;
    std::int64_t images_ = 0;
    std::int64_t optimizer_steps_ = 0;
    Seconds train_time_{};
};

}  // namespace tidemark::trainer
