#include "trainer/reporting/console.hpp"

#include <fmt/ostream.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/reporting/process_memory.hpp"

namespace tidemark::trainer {
namespace {

constexpr const char* kRule =
    "================================================================================";
constexpr const char* kThinRule =
    "--------------------------------------------------------------------------------";
constexpr std::int64_t kStepsBetweenLines = 10;

double megabytes(double bytes) {
    return bytes / 1e6;
}

double megabytes(std::int64_t bytes) {
    return megabytes(static_cast<double>(bytes));
}

double megabytes(Bytes amount) {
    return megabytes(amount.value);
}

/// 13,957,074
std::string grouped(std::int64_t number) {
    constexpr std::size_t kGroup = 3;
    const std::string digits = fmt::format("{}", number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % kGroup == 0) text += ',';
        text += digits[i];
    }
    return text;
}

}  // namespace

std::string Console::data() const {
    return dataset_kind(options_.dataset).title;
}

void Console::header(const std::string& device, Bytes initial, const Data& sizes) {
    fmt::print(out_, "{0}\nH2Q classification benchmark on {1}\n{0}\n", kRule, data());
    fmt::print(out_, "Device: {} ({} threads)\n", device, options_.threads);
    fmt::print(out_, "Batch size: {}\n", options_.batch_size);
    fmt::print(out_, "Gradient accumulation steps: {}\n", options_.accumulation);
    fmt::print(out_, "Effective batch size: {}\n", sizes.effective_batch);
    fmt::print(out_, "Epochs: {}\n{}\n", options_.epochs, kRule);
    fmt::print(out_, "Initial memory: {:.1f} MB\n", megabytes(initial));
    fmt::print(out_, "Train batches: {}, test batches: {}, workers: {}\n", sizes.train_batches,
               sizes.test_batches, options_.workers);
    for (const std::string& count : sizes.counts) fmt::print(out_, "{}\n", count);
    out_.flush();
}

void Console::model(const std::string& model, std::int64_t params) {
    fmt::print(out_, "\n{0}\nBenchmarking: {1} on {2}\nParameters: {3}\n", kRule, display_name(model), data(),
               grouped(params));
    fmt::print(out_, "Optimizer: {}, precision: {}, checkpointing: {}, formulation: {}, norm: {}\n{}\n",
               options_.optimizer, options_.precision, options_.checkpointing, options_.formulation,
               options_.norm, kRule);
    out_.flush();
}

void Console::epoch(std::int64_t epoch) {
    fmt::print(out_, "\nEpoch {}/{}\n", epoch, options_.epochs);
}

void Console::step(std::int64_t batch, std::int64_t batches, double loss) {
    if (batch % (options_.accumulation * kStepsBetweenLines) != 0 && batch != batches) return;
    fmt::print(out_, "  Step {}/{} | Loss: {:.4f} | Mem: {:.1f} MB\n", batch, batches, loss,
               megabytes(resident_memory()));
    out_.flush();
}

void Console::epoch_end(const EpochResult& result) {
    fmt::print(
        out_,
        "  Train loss: {:.4f} | Test acc: {:.2f} % ({}) | Test loss: {:.4f} | {:.1f} s | Memory: {:.1f} "
        "MB\n",
        result.loss, result.accuracy * 100, data(), result.test_loss, result.train_time.value,
        megabytes(resident_memory()));
    out_.flush();
}

void Console::tested(const EpochResult& result) {
    fmt::print(out_, "  Test acc: {:.2f} % ({}) | Test loss: {:.4f}\n", result.accuracy * 100, data(),
               result.test_loss);
    out_.flush();
}

void Console::saved(const std::string& file) {
    fmt::print(out_, "  Weights written to {}\n", file);
    out_.flush();
}

void Console::results(const std::vector<ModelResult>& results, Bytes initial) {
    fmt::print(out_, "\n{}\nRESULTS ({})\n{}\n", kRule, data(), kRule);
    fmt::print(out_, "{:<20} {:>10} {:>14} {:>10} {:>18}\n{}\n", "Model", "Accuracy", "Params", "Time (s)",
               "Peak memory (MB)", kThinRule);
    for (const ModelResult& one : results) {
        fmt::print(out_, "{:<20} {:>8.2f} % {:>14} {:>10.1f} {:>18.1f}\n", display_name(one.model),
                   one.last.accuracy * 100, grouped(one.params), one.time.value,
                   megabytes(one.memory.tensors + one.memory.overhead));
    }
    fmt::print(out_, "{}\n", kRule);
    for (const ModelResult& one : results) memory(one);
    fmt::print(out_, "\nMemory of the process: initial {:.1f} MB, peak {:.1f} MB, final {:.1f} MB\n",
               megabytes(initial), megabytes(peak_resident_memory()), megabytes(resident_memory()));
    out_.flush();
}

void Console::memory(const ModelResult& result) {
    const MemoryResult& memory = result.memory;
    const auto row = [&](const char* name, std::int64_t measured, double predicted) {
        fmt::print(out_, "  {:<14} {:>10.1f} {:>24.1f}\n", name, megabytes(measured), megabytes(predicted));
    };
    fmt::print(out_, "\nMemory of {} (MB)\n", display_name(result.model));
    fmt::print(out_, "  {:<14} {:>10} {:>24}\n", "", "measured", "the document's estimate");
    row("model", memory.model, memory.predicted.model_bytes);
    row("activations", memory.activations, memory.predicted.activation_bytes);
    row("loader", memory.loader, memory.predicted.loader_bytes);
    fmt::print(out_, "  {:<14} {:>10.1f} {:>24}\n", "overhead", megabytes(memory.overhead), "none");
}

}  // namespace tidemark::trainer
