#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <torch/torch.h>

#include "trainer/loader/batch_loader.hpp"
#include "trainer/memory/tensor_account.hpp"
#include "trainer/models/classifier.hpp"
#include "trainer/options.hpp"
#include "trainer/reporting/console.hpp"
#include "trainer/reporting/named_events.hpp"
#include "trainer/training/execution.hpp"
#include "trainer/training/loss_scaler.hpp"
#include "trainer/training/progress.hpp"

namespace tidemark::trainer {

/// The images of a training. All but the validation ones must be there.
struct Loaders {
    BatchLoader& train;
    BatchLoader& test;
    BatchLoader* validation = nullptr;
    torch::Tensor class_weights{};  ///< of the training loss; undefined: all weigh 1
    std::vector<std::string> class_names{};
};

/// One model from its first weights to its last test. Its tensors are gone with this object.
class ModelTraining {
  public:
    /// `options.model` is a single one. All but the options must outlive this object.
    ModelTraining(const Options& options, const Execution& execution, TensorAccount& account,
                  NamedEvents events, Console& console, const Loaders& loaders);
    ModelResult run();

  private:
    void make_model();
    void make_optimizer_and_gradients();
    void require_parameters() const;
    void tell_model();
    void go_on_from_checkpoint();
    void resume_from(const std::filesystem::path& file);
    void take_over_weights(const std::filesystem::path& from);
    void remove_checkpoints();
    void train_to_the_end();
    void make_epoch();
    void test();
    void after_batch(double loss, const EpochSums& sums, Seconds epoch_start);
    TestFigures evaluate_on(BatchLoader& loader);
    void conclude_epoch(EpochRecord record);
    void tell_epoch(const EpochRecord& record, std::int64_t epoch);
    void tell_training();
    void tell_classes(const TestFigures& tested);
    bool looks_for_best() const { return options_.save == "best" || options_.patience > 0; }
    bool is_better(const EpochRecord& record) const;
    bool has_lost_patience() const;
    void save_weights(const std::string& name);
    void write_checkpoint_if_due();
    std::vector<torch::Tensor> tensors_of_state();
    MemoryResult tell_memory();
    Forward forward();

    Options options_;
    const Execution& execution_;
    TensorAccount& account_;
    NamedEvents events_;
    Console& console_;
    Loaders loaders_;
    std::shared_ptr<Classifier> model_;
    std::unique_ptr<torch::optim::Optimizer> optimizer_;
    LossScaler scaler_;
    TensorBytes training_peak_;  ///< over all epochs
    TensorBytes evaluation_peak_;
    std::int64_t params_ = 0;
    Progress progress_;
    Seconds last_checkpoint_{};
    std::filesystem::path earlier_{};  ///< checkpoint of an earlier attempt, which this one goes on from
    EpochResult last_{};
};

}  // namespace tidemark::trainer
