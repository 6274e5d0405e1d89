#include "trainer/models/script_modes.hpp"

#include <string_view>

#include <fmt/format.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/script.h>

namespace tidemark::trainer {
namespace {

/// How many layers of a kind are always on, or always off.
struct Fixed {
    int on = 0;
    int off = 0;
};

struct FixedLayers {
    Fixed dropout;
    Fixed batch_norm;
};

/// The argument by which the operator is told that it is in training; null where it has none of that name.
const torch::jit::Value* training_flag(const torch::jit::Node& node) {
    constexpr std::size_t kOfDropout = 2, kOfBatchNorm = 5;  // aten's schemas
    const std::string_view kind = node.kind().toUnqualString();
    const bool is_dropout = kind == "dropout" || kind == "dropout_" || kind == "feature_dropout" ||
                            kind == "feature_dropout_" || kind == "alpha_dropout" || kind == "alpha_dropout_";
    const std::size_t at = is_dropout ? kOfDropout : kOfBatchNorm;
    if (!node.kind().is_aten() || (!is_dropout && kind != "batch_norm") || node.inputs().size() <= at)
        return nullptr;
    return node.inputs()[at];
}

void count(const torch::jit::Block& block, FixedLayers& found) {
    for (const torch::jit::Node* node : block.nodes()) {
        for (const torch::jit::Block* inner : node->blocks()) count(*inner, found);
        const torch::jit::Value* const flag = training_flag(*node);
        if (flag == nullptr) continue;
        const auto value = torch::jit::toIValue(flag);
        if (!value || !value->isBool()) continue;  // the module decides while it runs
        const bool is_norm = std::string_view(node->kind().toUnqualString()) == "batch_norm";
        Fixed& fixed = is_norm ? found.batch_norm : found.dropout;
        ++(value->toBool() ? fixed.on : fixed.off);
    }
}

constexpr const char* kWayOut = "the module was traced in {} mode; torch.jit.script(model) keeps both modes";

}  // namespace

std::vector<std::string> fixed_modes(const torch::jit::Module& module) {
    FixedLayers found;
    for (const torch::jit::Module& one : module.modules())
        for (const auto& method : one.get_methods()) count(*method.graph()->block(), found);
    const std::string evaluation = fmt::format(kWayOut, "evaluation");
    const std::string training = fmt::format(kWayOut, "training");
    std::vector<std::string> notes;
    const auto tell = [&](int layers, const char* what, const std::string& why) {
        if (layers > 0)
            notes.push_back(fmt::format("{} ({} layer{}): {}", what, layers, layers == 1 ? "" : "s", why));
    };
    tell(found.dropout.off, "dropout stays off while it is trained", evaluation);
    tell(found.dropout.on, "dropout stays on while it is tested", training);
    tell(found.batch_norm.off, "BatchNorm uses its stored statistics while it is trained", evaluation);
    tell(found.batch_norm.on, "BatchNorm uses the statistics of the batch while it is tested", training);
    return notes;
}

}  // namespace tidemark::trainer
