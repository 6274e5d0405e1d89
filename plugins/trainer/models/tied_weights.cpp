#include "trainer/models/tied_weights.hpp"

#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <torch/script.h>

namespace tidemark::trainer {
namespace {

struct Seen {
    std::string name;
    torch::Tensor tensor;
};

bool is_the_same_view(const torch::Tensor& one, const torch::Tensor& other) {
    return one.storage_offset() == other.storage_offset() && one.sizes() == other.sizes() &&
           one.strides() == other.strides();
}

}  // namespace

void tie_weights(const std::string& file, torch::jit::Module& module) {
    std::map<const void*, Seen> by_memory;
    for (const auto& owner : module.named_modules()) {
        for (const auto& parameter : owner.value.named_parameters(/*recurse=*/false)) {
            const std::string name =
                owner.name.empty() ? parameter.name : fmt::format("{}.{}", owner.name, parameter.name);
            const torch::Tensor& tensor = parameter.value;
            if (tensor.numel() == 0) continue;
            const auto [known, is_new] =
                by_memory.try_emplace(tensor.storage().unsafeGetStorageImpl(), Seen{name, tensor});
            if (is_new || known->second.tensor.is_same(tensor)) continue;
            if (!is_the_same_view(known->second.tensor, tensor)) {
                throw std::runtime_error(fmt::format(
                    "{}: its {} and {} share memory in different shapes, and cannot be trained so; export "
                    "a module in which forward derives one from the other",
                    file, known->second.name, name));
            }
            torch::jit::Module(owner.value).setattr(parameter.name, known->second.tensor);
        }
    }
}

}  // namespace tidemark::trainer
