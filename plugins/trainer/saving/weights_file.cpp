#include "trainer/saving/weights_file.hpp"

#include <caffe2/serialize/inline_container.h>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/csrc/jit/serialization/export.h>
#include <torch/csrc/jit/serialization/import_read.h>
#include <torch/csrc/jit/serialization/pickler.h>
#include <torch/script.h>

#include "trainer/saving/atomic_file.hpp"

namespace tidemark::trainer {
namespace {

namespace fs = std::filesystem;

using caffe2::serialize::PyTorchStreamReader;
using caffe2::serialize::PyTorchStreamWriter;
using Found = std::map<std::string, torch::Tensor>;

/// What Python's loader counts with BatchNorm, and nothing is computed by.
constexpr std::string_view kCounter = "num_batches_tracked";

constexpr const char* kOtherModel =
    "it holds the weights of another model, or of one with other options (hidden, depth, norm, classes, "
    "channels)";

/// What torch.save writes: the dict as a pickle, and each tensor's memory in a record of its own. LibTorch's
/// own pickle_save does the same by way of a copy of it all.
void write_state_dict(AtomicFile& out, const Classifier& model) {
    c10::impl::GenericDict dict(c10::StringType::get(), c10::TensorType::get());
    for (const auto& [name, tensor] : model.state()) dict.insert(name, tensor.detach());
    std::vector<char> pickle;
    // without the types of TorchScript, which torch.load(weights_only=True) does not take
    torch::jit::Pickler pickler(
        [&](const char* bytes, std::size_t count) { pickle.insert(pickle.end(), bytes, bytes + count); },
        nullptr, nullptr, nullptr, nullptr, /*tag_aggregates=*/false);
    pickler.protocol();
    pickler.pushIValue(dict);
    pickler.stop();
    PyTorchStreamWriter writer([&](const void* bytes, std::size_t count) {
        out.write(bytes, count);
        return count;
    });
    writer.writeRecord("data.pkl", pickle.data(), pickle.size());
    std::size_t number = 0;
    for (const torch::Tensor& tensor : pickler.tensorData()) {
        const torch::Tensor here = tensor.is_cpu() ? tensor : tensor.cpu();
        writer.writeRecord(fmt::format("data/{}", number++), here.storage().data(), here.storage().nbytes());
    }
    writer.writeEndOfFile();
}

Found from_script(const fs::path& file) {
    const torch::jit::Module module = torch::jit::load(file.string());
    Found found;
    for (const auto& parameter : module.named_parameters()) found.emplace(parameter.name, parameter.value);
    for (const auto& buffer : module.named_buffers()) found.emplace(buffer.name, buffer.value);
    return found;
}

Found from_state_dict(PyTorchStreamReader& reader) {
    const c10::IValue value =
        torch::jit::readArchiveAndTensors("data", "", "", c10::nullopt, c10::nullopt, c10::nullopt, reader);
    if (!value.isGenericDict()) throw std::runtime_error("what it holds is no dict");
    Found found;
    for (const auto& entry : value.toGenericDict()) {
        if (!entry.key().isString() || !entry.value().isTensor())
            throw std::runtime_error("what it holds is no dict of tensors");
        found.emplace(entry.key().toStringRef(), entry.value().toTensor());
    }
    return found;
}

Found read(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error))
        throw std::runtime_error(fmt::format("init: there is no file {}", file.string()));
    try {
        PyTorchStreamReader reader(file.string());
        return reader.hasRecord("constants.pkl") ? from_script(file) : from_state_dict(reader);
    } catch (const std::exception& problem) {
        const std::string_view whole = problem.what();
        throw std::runtime_error(fmt::format(
            "{} holds no weights that can be read; in Python, torch.save(dict(model.state_dict()), FILE) "
            "writes them ({})",
            file.string(), whole.substr(0, whole.find('\n'))));
    }
}

std::string shape_of(const torch::Tensor& tensor) {
    return tensor.dim() == 0 ? "a single number" : fmt::format("{}", fmt::join(tensor.sizes(), " × "));
}

void require_fit(const fs::path& file, const NamedTensors& wanted, Found found) {
    for (const auto& [name, tensor] : wanted) {
        const auto at = found.find(name);
        if (at == found.end()) {
            if (name.ends_with(kCounter)) continue;
            throw std::runtime_error(
                fmt::format("{}: it has no {} ({}); {}", file.string(), name, shape_of(tensor), kOtherModel));
        }
        if (at->second.sizes() != tensor.sizes()) {
            throw std::runtime_error(fmt::format("{}: its {} is {}, where {} is needed; {}", file.string(),
                                                 name, shape_of(at->second), shape_of(tensor), kOtherModel));
        }
        found.erase(at);
    }
    std::erase_if(found, [](const auto& one) { return one.first.ends_with(kCounter); });
    if (found.empty()) return;
    throw std::runtime_error(
        fmt::format("{}: the model has no {}; {}", file.string(), found.begin()->first, kOtherModel));
}

}  // namespace

void write_weights(const fs::path& file, const Classifier& model) {
    AtomicFile out(file);
    if (const torch::jit::Module* script = model.as_script()) {
        torch::jit::ExportModule(*script, [&](const void* bytes, std::size_t count) {
            out.write(bytes, count);
            return count;
        });
    } else {
        write_state_dict(out, model);
    }
    out.commit();
}

void read_weights(const fs::path& file, Classifier& model) {
    const Found found = read(file);
    const NamedTensors wanted = model.state();
    require_fit(file, wanted, found);
    const torch::NoGradGuard no_gradients;
    for (const auto& [name, tensor] : wanted)
        if (const auto at = found.find(name); at != found.end()) torch::Tensor(tensor).copy_(at->second);
}

}  // namespace tidemark::trainer
