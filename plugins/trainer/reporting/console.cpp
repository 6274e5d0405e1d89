#include "trainer/reporting/console.hpp"

#include <fmt/ostream.h>

#include "trainer/models/model_catalogue.hpp"
#include "trainer/reporting/process_memory.hpp"

namespace tidemark::trainer {
namespace {

constexpr const char* kRule =
    "================================================================================";

double megabytes(Bytes amount) {
    return static_cast<double>(amount.value) / 1e6;
}

}  // namespace

std::string Console::data() const {
    return options_.dataset == "synthetic" ? "synthetic data" : "CIFAR-10";
}

void Console::header(std::int64_t params, std::int64_t train_batches, std::int64_t test_batches,
                     Bytes initial) {
    fmt::print(out_, "{0}\n{1} on {2}\n{0}\n", kRule, display_name(options_.model), data());
    fmt::print(out_, "Parameters: {}\n", params);
    fmt::print(out_, "Batch size: {} x accumulation: {} = effective {}\n", options_.batch_size,
               options_.accumulation, options_.batch_size * options_.accumulation);
    fmt::print(out_, "Epochs: {}   Train batches: {}, test batches: {}   Threads: {}, workers: {}\n",
               options_.epochs, train_batches, test_batches, options_.threads, options_.workers);
    fmt::print(out_, "Initial memory: {:.1f} MB\n", megabytes(initial));
    out_.flush();
}

void Console::epoch(const EpochResult& result) {
    fmt::print(out_, "\nEpoch {}/{}\n", result.epoch, options_.epochs);
    fmt::print(
        out_,
        "  Train loss: {:.4f} | Test acc: {:.2f} % ({}) | Test loss: {:.4f} | {:.1f} s | Memory: {:.1f} MB\n",
        result.loss, result.accuracy * 100, data(), result.test_loss, result.train_time.value,
        megabytes(resident_memory()));
    out_.flush();
}

void Console::result(const EpochResult& last, std::int64_t params, Seconds total, Bytes initial) {
    fmt::print(out_, "\n{}\nRESULT ({})\n", kRule, data());
    fmt::print(out_, "{:<16} {:>10} {:>12} {:>9} {:>17}\n", "Model", "Accuracy", "Params", "Time (s)",
               "Peak memory (MB)");
    fmt::print(out_, "{:<16} {:>8.2f} % {:>12} {:>9.1f} {:>17.1f}\n{}\n", display_name(options_.model),
               last.accuracy * 100, params, total.value, megabytes(peak_resident_memory()), kRule);
    fmt::print(out_, "Memory: initial {:.1f} MB, peak {:.1f} MB, final {:.1f} MB\n", megabytes(initial),
               megabytes(peak_resident_memory()), megabytes(resident_memory()));
    out_.flush();
}

}  // namespace tidemark::trainer
