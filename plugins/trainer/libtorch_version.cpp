#include "trainer/libtorch_version.hpp"

#include <ATen/autocast_mode.h>
#include <filesystem>
#include <sstream>
#include <string_view>

#include <dlfcn.h>
#include <sched.h>

#include <torch/version.h>
#ifdef TIDEMARK_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#endif

#include "base/files.hpp"

namespace tidemark::trainer {
namespace {

/// A function of a library that may or may not be there.
template <typename Function>
Function* loaded(const char* symbol) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, symbol));
}

void set_openblas_threads(int threads) {
    static auto* const set_threads = loaded<void(int)>("openblas_set_num_threads");
    if (set_threads != nullptr) set_threads(threads);
}

thread_local std::optional<Autocast::Setting> autocast_in_force;

void set_autocast(const Autocast::Setting& setting, bool enabled) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_enabled(setting.device, enabled);
    at::autocast::set_autocast_dtype(setting.device, setting.type);
#else
    if (setting.device == torch::kCUDA) {
        at::autocast::set_enabled(enabled);
        at::autocast::set_autocast_gpu_dtype(setting.type);
    } else {
        at::autocast::set_cpu_enabled(enabled);
        at::autocast::set_autocast_cpu_dtype(setting.type);
    }
#endif
}

}  // namespace

std::string libtorch_version() {
    return TORCH_VERSION;
}

std::string blas_library() {
    std::istringstream maps(read_file("/proc/self/maps").value_or(""));
    std::string file = "unknown";
    for (std::string line; std::getline(maps, line);) {
        const std::size_t path = line.find('/');
        if (path == std::string::npos) continue;
        const std::string name = line.substr(line.rfind('/') + 1);
        // what Debian calls libblas.so.3 only passes on to the library behind it
        if (name.starts_with("libopenblas") || name.starts_with("libmkl_rt")) {
            file = line.substr(path);
            break;
        }
        if (name.starts_with("libblas.so")) file = line.substr(path);
    }
    using GetConfig = char* (*)();
    void* symbol = dlsym(RTLD_DEFAULT, "openblas_get_config");
    if (symbol == nullptr) return file;
    // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Haswell MAX_THREADS=64 "
    std::string config = reinterpret_cast<GetConfig>(symbol)();
    config.erase(config.find_last_not_of(' ') + 1);
    return config + " (" + file + ")";
}

std::int64_t usable_cpus() {
    cpu_set_t set;
    CPU_ZERO(&set);
    return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

void set_compute_threads(std::int64_t threads) {
    at::set_num_threads(static_cast<int>(threads));
    set_openblas_threads(static_cast<int>(threads));
}

Sgemm* onednn_sgemm() {
    static Sgemm* const found = loaded<Sgemm>("dnnl_sgemm");
    return found;
}

Autocast::Autocast(const Setting& setting) : before_(autocast_in_force) {
    autocast_in_force = setting;
    set_autocast(setting, true);
    at::autocast::increment_nesting();
}

Autocast::~Autocast() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    set_autocast(*autocast_in_force, false);
    autocast_in_force = before_;
    if (before_) set_autocast(*before_, true);
}

std::optional<Autocast::Setting> Autocast::active() {
    return autocast_in_force;
}

void empty_device_cache() {
#ifdef TIDEMARK_CUDA
    c10::cuda::CUDACachingAllocator::emptyCache();
#endif
}

#if defined(TORCH_VERSION_MAJOR) && TORCH_VERSION_MAJOR >= 2
namespace {
void* key_of(const torch::Tensor& parameter) {
    return parameter.unsafeGetTensorImpl();
}
}  // namespace
#else
namespace {
std::string key_of(const torch::Tensor& parameter) {
    return c10::guts::to_string(parameter.unsafeGetTensorImpl());
}
}  // namespace
#endif

torch::optim::OptimizerParamState* parameter_state(torch::optim::Optimizer& optimizer,
                                                   const torch::Tensor& parameter) {
    const auto found = optimizer.state().find(key_of(parameter));
    return found == optimizer.state().end() ? nullptr : found->second.get();
}

void set_parameter_state(torch::optim::Optimizer& optimizer, const torch::Tensor& parameter,
                         std::unique_ptr<torch::optim::OptimizerParamState> state) {
    optimizer.state()[key_of(parameter)] = std::move(state);
}

bool has_bf16_instructions() {
    std::istringstream lines(read_file("/proc/cpuinfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("flags") && !line.starts_with("Features")) continue;
        const std::string padded = line + " ";
        for (const char* name : {" avx512_bf16 ", " amx_bf16 ", " bf16 "})
            if (padded.find(name) != std::string::npos) return true;
        return false;
    }
    return false;
}

void zero_gradients(torch::optim::Optimizer& optimizer) {
#if defined(TORCH_VERSION_MAJOR) && TORCH_VERSION_MAJOR >= 2
    optimizer.zero_grad(/*set_to_none=*/false);
#else
    optimizer.zero_grad();
#endif
}

}  // namespace tidemark::trainer
