#include "trainer/models/model_catalogue.hpp"

#include <stdexcept>

#include "trainer/models/baseline.hpp"
#include "trainer/models/h2q.hpp"

namespace tidemark::trainer {

std::int64_t parameter_count(const torch::nn::Module& module) {
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : module.parameters()) count += parameter.numel();
    return count;
}

std::shared_ptr<Classifier> make_model(const Options& options) {
    const NormKind norm = norm_kind_from(options.norm);
    const Checkpointing checkpointing = checkpointing_from(options.checkpointing);
    if (options.model == "h2q") {
        return std::make_shared<H2QImpl>(H2QOptions{options.hidden, options.depth, norm,
                                                    formulation_from(options.formulation), checkpointing});
    }
    if (options.model == "baseline")
        return std::make_shared<BaselineImpl>(BaselineOptions{options.hidden, norm, checkpointing});
    throw std::invalid_argument("unknown model " + options.model);
}

std::string display_name(const std::string& model) {
    return model == "h2q" ? "H2Q-Spacetime" : "Baseline CNN";
}

}  // namespace tidemark::trainer
