// What the tensors and the process of a model's training took.
#include <algorithm>

#include "trainer/memory/prediction.hpp"
#include "trainer/reporting/process_memory.hpp"
#include "trainer/training/model_training.hpp"

namespace tidemark::trainer {

MemoryResult ModelTraining::tell_memory() {
    const TensorBytes live = account_.live();
    const auto kept = [&](Category category) { return live.of(category); };
    MemoryResult memory;
    memory.model = kept(Category::Parameters) + kept(Category::Gradients) + kept(Category::OptimizerState) +
                   kept(Category::Buffers);
    memory.activations = training_peak_.of(Category::Activations);
    memory.loader = training_peak_.of(Category::Batches) + loaders_.train.worker_memory().value;
    memory.tensors = std::max(training_peak_.total, evaluation_peak_.total);
    memory.overhead = std::max<std::int64_t>(
        0, peak_resident_memory().value - (execution_.device().is_cpu() ? memory.tensors : 0));
    memory.predicted = predict(options_, params_);

    events_.bytes("model_bytes", memory.model);
    events_.bytes("activation_bytes", memory.activations);
    events_.bytes("loader_bytes", memory.loader);
    events_.bytes("overhead_bytes", memory.overhead);
    events_.bytes("parameter_bytes", kept(Category::Parameters));
    events_.bytes("gradient_bytes", kept(Category::Gradients));
    events_.bytes("optimizer_bytes", kept(Category::OptimizerState));
    events_.bytes("buffer_bytes", kept(Category::Buffers));
    events_.bytes("batch_bytes", training_peak_.of(Category::Batches));
    events_.bytes("step_bytes", training_peak_.of(Category::OptimizerStep));
    events_.bytes("tensor_bytes", training_peak_.total);
    events_.bytes("evaluation_bytes", evaluation_peak_.total - memory.model);
    if (execution_.device().is_cuda()) {
        events_.bytes("peak_device_bytes", account_.device_peak_allocated());
        events_.bytes("peak_device_reserved_bytes", account_.device_peak_reserved());
    }
    events_.metric("predicted_model_bytes", memory.predicted.model_bytes);
    events_.metric("predicted_activation_bytes", memory.predicted.activation_bytes);
    events_.metric("predicted_loader_bytes", memory.predicted.loader_bytes);
    events_.metric("predicted_total_bytes", memory.predicted.total_bytes());
    return memory;
}

}  // namespace tidemark::trainer
