#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "cli/verb.hpp"
#include "sweep/workload_catalogue.hpp"

namespace tidemark::cli {
namespace {

constexpr const char* kTrainer = "train";

struct TrainOptions {
    std::vector<std::string> arguments;
};

}  // namespace

/// The program itself, in place of this one: what it says and how it ends is its own.
Action add_train_verb(Options& declared) {
    auto options = std::make_shared<TrainOptions>();
    declared.all("ARGUMENT", options->arguments,
                 "parameters of the training program: `train --help` has them all, with their meaning");
    return [options](const Context& context) {
        const sweep::WorkloadCatalogue catalogue(context.installation.workloads);
        const auto* workload = catalogue.find(kTrainer);
        if (workload == nullptr) throw UsageError(catalogue.explain_missing(kTrainer));
        std::vector<std::string> words = options->arguments;
        words.insert(words.begin(), workload->program);
        std::vector<char*> pointers;
        for (std::string& word : words) pointers.push_back(word.data());
        pointers.push_back(nullptr);
        execv(words.front().c_str(), pointers.data());
        throw CannotGoOn(fmt::format("cannot start {}: {}", words.front(), errno_text(errno)));
        return ExitCode::CannotGoOn;
    };
}

}  // namespace tidemark::cli
