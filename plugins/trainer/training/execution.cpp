#include "trainer/training/execution.hpp"

#include <stdexcept>

namespace tidemark::trainer {
namespace {

torch::Device device_for(const std::string& name) {
    const bool has_cuda = torch::cuda::is_available();
    if (name == "cpu" || (name == "auto" && !has_cuda)) return torch::kCPU;
    if (!has_cuda) {
        throw std::runtime_error(
            "device cuda: this LibTorch sees no CUDA GPU; set device: cpu, or auto to take one where there "
            "is one");
    }
    return torch::kCUDA;
}

std::optional<Autocast::Setting> autocast_for(const std::string& precision, const torch::Device& device) {
    if (precision == "fp32") return std::nullopt;
    if (precision == "bf16") return Autocast::Setting{device.type(), torch::kBFloat16};
    if (device.is_cpu())
        throw std::runtime_error("precision fp16 needs a CUDA GPU; on the CPU set precision: bf16");
    return Autocast::Setting{device.type(), torch::kHalf};
}

constexpr std::int64_t kDimensionsOfImages = 4;

}  // namespace

Execution::Execution(const Options& options)
    : device_(device_for(options.device)),
      format_(options.memory_format == "channels_last" ? torch::MemoryFormat::ChannelsLast
                                                       : torch::MemoryFormat::Contiguous),
      autocast_(autocast_for(options.precision, device_)) {}

void Execution::place(Classifier& model) const {
    const torch::NoGradGuard no_gradients;
    model.to(device_);
    for (torch::Tensor& parameter : model.parameters()) {
        if (parameter.dim() == kDimensionsOfImages) parameter.set_data(parameter.contiguous(format_));
    }
}

torch::Tensor Execution::forward(Classifier& model, torch::Tensor images) const {
    images = images.to(device_, /*non_blocking=*/true).contiguous(format_);
    if (!autocast_) return model.forward(std::move(images));
    const Autocast autocast(*autocast_);
    return model.forward(std::move(images)).to(torch::kFloat);
}

}  // namespace tidemark::trainer
