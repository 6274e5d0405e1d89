#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "trainer/datasets/dataset_catalogue.hpp"
#include "trainer/memory/allocator.hpp"
#include "trainer/models/library_models.hpp"
#include "trainer/models/model_catalogue.hpp"
#include "trainer/models/script_model.hpp"
#include "trainer/parameters.hpp"

namespace tidemark::trainer {
namespace {

using protocol::ParameterType;
using protocol::Unit;

constexpr double kLargestCount = 1e9;
constexpr double kMostChannels = 64;
constexpr double kLargestSide = 1024;
constexpr double kMostClasses = 1000;
constexpr double kLargestDepth = 5;  // one more and a single pixel is left, too little for BatchNorm

Parameter make(std::string name, ParameterType type, Value default_value, std::string meaning,
               std::function<void(Options&, const Value&)> set) {
    Parameter parameter;
    parameter.description.name = std::move(name);
    parameter.description.type = type;
    parameter.description.default_value = std::move(default_value);
    parameter.description.meaning = std::move(meaning);
    parameter.set = std::move(set);
    return parameter;
}

Parameter integer(std::string name, std::int64_t Options::*member, double minimum, double maximum,
                  std::string meaning) {
    Parameter parameter = make(
        std::move(name), ParameterType::Integer, Options{}.*member, std::move(meaning),
        [member](Options& options, const Value& value) { options.*member = std::get<std::int64_t>(value); });
    parameter.description.minimum = minimum;
    parameter.description.maximum = maximum;
    return parameter;
}

Parameter number(std::string name, double Options::*member, double minimum, double maximum,
                 std::string meaning) {
    Parameter parameter =
        make(std::move(name), ParameterType::Number, Options{}.*member, std::move(meaning),
             [member](Options& options, const Value& value) { options.*member = std::get<double>(value); });
    parameter.description.minimum = minimum;
    parameter.description.maximum = maximum;
    return parameter;
}

Parameter boolean(std::string name, bool Options::*member, std::string meaning) {
    return make(std::move(name), ParameterType::Boolean, Options{}.*member, std::move(meaning),
                [member](Options& options, const Value& value) { options.*member = std::get<bool>(value); });
}

Parameter choice(std::string name, std::string Options::*member, std::vector<std::string> choices,
                 std::string meaning) {
    Parameter parameter = make(
        std::move(name), ParameterType::Choice, Options{}.*member, std::move(meaning),
        [member](Options& options, const Value& value) { options.*member = std::get<std::string>(value); });
    parameter.description.choices = std::move(choices);
    return parameter;
}

Parameter path(std::string name, std::string Options::*member, std::string meaning) {
    return make(std::move(name), ParameterType::Path, Value(), std::move(meaning),
                [member](Options& options, const Value& value) {
                    options.*member = is_null(value) ? std::string() : std::get<std::string>(value);
                });
}

/// What is written as a text, with its unit. `take` throws std::invalid_argument where it cannot be read.
Parameter text(std::string name, Value default_value, std::string meaning,
               std::function<void(Options&, const std::string&)> take) {
    return make(std::move(name), ParameterType::Text, std::move(default_value), std::move(meaning),
                [take = std::move(take)](Options& options, const Value& value) {
                    take(options, std::get<std::string>(value));
                });
}

template <typename Quantity>
Quantity require(const ParsedQuantity<Quantity>& parsed) {
    if (!parsed.quantity) throw std::invalid_argument(parsed.problem);
    return *parsed.quantity;
}

Parameter validation() {
    constexpr double kMost = 0.9;
    return text(
        "validation", "0 %",
        "share of the training images, 10 % say, as many of each class, that is not trained with but tested "
        "after each epoch: best_by and patience then look at it, and the test images stay unseen",
        [](Options& options, const std::string& written) {
            options.validation = require(parse_share(written));
            if (options.validation > kMost)
                throw std::invalid_argument(
                    fmt::format("must leave images to train with: at most 90 %, not {}", written));
        });
}

Parameter checkpoint_every() {
    return text(
        "checkpoint_every", "0 s",
        "the time, 5 min say, after which the state of the training is written to checkpoint.pt, again and "
        "again: a run that was killed goes on from there when its sweep does, and ends as if it never had "
        "been; 0: never",
        [](Options& options, const std::string& written) {
            options.checkpoint_every = require(parse_seconds(written));
        });
}

Parameter dataset() {
    std::vector<std::string> names;
    std::vector<std::string> meanings;
    for (const DatasetKind& kind : datasets()) {
        names.push_back(kind.name);
        meanings.push_back(kind.meaning);
    }
    Parameter parameter = choice("dataset", &Options::dataset, std::move(names),
                                 fmt::format("the images: {}", fmt::join(meanings, "; ")));
    for (const DatasetKind& kind : datasets()) {
        if (!kind.caveat.text.empty()) parameter.description.caveats[kind.name] = kind.caveat;
        if (kind.files.empty()) continue;
        parameter.description.needs[kind.name]["data_dir"] =
            fmt::format("the folder that holds {}, e.g. --set data_dir=DIR{}", kind.files,
                        kind.fetched ? fmt::format("; `tidemark data fetch {}` gets it", kind.name) : "");
    }
    return parameter;
}

/// The runner gives the environment of the chosen one to the child.
Parameter allocator() {
    std::vector<std::string> names;
    for (const Allocator& one : allocators()) names.push_back(one.name);
    Parameter parameter = choice(
        "allocator", &Options::allocator, std::move(names),
        "what stands behind malloc: glibc's keeps much of what was freed and asks the system for large "
        "pieces again and again; glibc_mmap is the same, but gives every block of 128 KiB and more back when "
        "it is freed: the same peak in each run, at about half the speed; tcmalloc saves a fifth of h2q's "
        "memory and some time");
    for (const Allocator& one : allocators()) {
        if (!one.environment().empty()) parameter.description.environment[one.name] = one.environment();
    }
    return parameter;
}

Parameter model() {
    std::vector<std::string> names;
    std::string meanings;
    for (const ModelKind& kind : all_models()) {
        if (!kind.description.name.ends_with(protocol::kAnyFile)) names.push_back(kind.description.name);
        meanings += fmt::format("{} ({}: {}), ", kind.description.name, kind.description.title,
                                kind.description.meaning);
    }
    names.emplace_back("h2q+baseline");
    Parameter parameter =
        choice("model", &Options::model, std::move(names),
               fmt::format("the network: {}or h2q and baseline one after the other in the same process, "
                           "whose memory then is that of the larger one and what it leaves behind",
                           meanings));
    parameter.description.file_prefix = kScriptPrefix;
    return parameter;
}

std::vector<Parameter> make_built_in_parameters() {
    return {
        model(),
        dataset(),
        path(
            "data_dir", &Options::data_dir,
            "the folder that holds the files of the dataset; `tidemark data fetch` makes one; not needed for "
            "synthetic"),
        integer("image_channels", &Options::image_channels, 1, kMostChannels,
                "channels of synthetic images; those of folder become colour (3) or grey (1)"),
        integer(
            "image_size", &Options::image_size, 0, kLargestSide,
            "side of synthetic images, and of those of folder, which then are cut square and resized; 0: 32, "
            "and the images of folder as they are; activations grow with its square"),
        integer("classes", &Options::classes, 2, kMostClasses, "classes of synthetic images"),
        choice("labels", &Options::labels, {"fine", "coarse"},
               "what of cifar100 is learnt: its 100 classes, or the 20 that they are grouped into"),
        integer("batch_size", &Options::batch_size, 1, 65536,
                "images per forward pass: activation memory grows with it; small ones keep the processor "
                "less busy"),
        integer("accumulation", &Options::accumulation, 1, 65536,
                "batches whose gradients are added up before the weights change: the effect of a large batch "
                "at the memory of a small "
                "one, but for BatchNorm, whose statistics stay those of the small one"),
        integer(
            "workers", &Options::workers, 0, 256,
            "threads or processes that prepare batches ahead; 0 prepares each when it is needed, and saves "
            "the memory of those prepared ahead"),
        choice("worker_kind", &Options::worker_kind, {"thread", "process"},
               "what workers are: threads cost little more than their batches; processes are forked for each "
               "epoch, as PyTorch's loader does, and keep copies of what the training changes meanwhile"),
        integer("prefetch", &Options::prefetch, 1, 1024,
                "batches that each worker prepares ahead: memory grows with it, and waiting gets rarer"),
        boolean(
            "pin_memory", &Options::pin_memory,
            "put batches into page-locked memory, from which a GPU copies faster; without a GPU it changes "
            "nothing"),
        integer("epochs", &Options::epochs, 0, 100000,
                "passes over the training images: the time grows with it, the memory does not; 0: nothing is "
                "trained, the model is tested alone"),
        integer(
            "train_samples", &Options::train_samples, 0, kLargestCount,
            "training images to use, from the first on, where they lie class by class of each class in turn; "
            "0: all"),
        integer("test_samples", &Options::test_samples, 0, kLargestCount,
                "test images to use, chosen likewise; 0: all"),
        validation(),
        integer("eval_batch_size", &Options::eval_batch_size, 0, 65536,
                "images per pass when testing; 0: twice batch_size, which mostly takes less memory than "
                "training, whose "
                "activations are kept; not where these are few, as of a small h2q in bf16: evaluation_bytes "
                "tells"),
        boolean("drop_last", &Options::drop_last, "leave out a last batch that is not full"),
        integer("hidden", &Options::hidden, 8, 4096,
                "width of h2q (a multiple of 16), baseline and mlp: parameters and activations grow with it"),
        integer(
            "depth", &Options::depth, 1, kLargestDepth,
            "stages of h2q, of which each but the last halves the image's sides and each but the last two "
            "doubles the channels; layers of mlp"),
        choice(
            "norm", &Options::norm, {"batch", "group"},
            "how activations are normalised: over the batch, whose statistics get poor where it is small, or "
            "over groups of channels of each image, so that accumulation equals the large batch exactly"),
        choice("formulation", &Options::formulation, {"plain", "lean"},
               "how h2q is computed: plainly, as it is written down, or by rearranged steps that give the "
               "same function and keep about a third less of the activations"),
        choice("checkpointing", &Options::checkpointing, {"none", "stage", "block"},
               "what is computed again in the backward pass instead of being kept: nothing, every stage or "
               "every block; saves most of the activations of h2q and costs about a quarter more time; of a "
               "model "
               "with few layers in each block, as baseline, it may save nothing and peak higher: "
               "activation_bytes tells"),
        choice(
            "precision", &Options::precision, {"fp32", "bf16", "fp16"},
            "of activations and products (autocast): bf16 saves more than a third of the activations and is "
            "fast on CPUs that have it (`tidemark doctor` says whether this one does), on others about half "
            "as "
            "fast as fp32; fp16 needs a GPU, and its losses are scaled; weights stay fp32"),
        choice(
            "memory_format", &Options::memory_format, {"contiguous", "channels_last"},
            "the order of activations in memory: channels_last saves convolutions the reordering, others pay "
            "for it"),
        choice("optimizer", &Options::optimizer, {"sgd", "adam", "adamw", "adamw8bit"},
               "sgd keeps no state without momentum, and 4 bytes for each parameter with it; adam and adamw "
               "keep "
               "two moments, 8 bytes; adamw8bit keeps them quantised in blocks, about 2 bytes, and costs a "
               "little "
               "exactness"),
        number("lr", &Options::lr, 0, 100, "learning rate"),
        number("weight_decay", &Options::weight_decay, 0, 100,
               "weight decay: of the weights themselves for adamw and adamw8bit, through the gradients for "
               "sgd and adam"),
        number("momentum", &Options::momentum, 0, 1,
               "momentum of sgd; the other optimizers have moments instead"),
        choice("schedule", &Options::schedule, {"cosine", "step", "constant"},
               "how the learning rate falls over the epochs: by a cosine towards 0, by step_factor every "
               "step_epochs, or not at all"),
        integer(
            "warmup_epochs", &Options::warmup_epochs, 0, 100000,
            "first epochs in which the learning rate rises in equal steps to lr, before the schedule begins"),
        integer("step_epochs", &Options::step_epochs, 1, 100000,
                "epochs from one step of `schedule: step` to the next"),
        number("step_factor", &Options::step_factor, 0, 1,
               "what a step of `schedule: step` multiplies the learning rate by"),
        number("label_smoothing", &Options::label_smoothing, 0, 1,
               "share of a label that is spread over all classes (Szegedy et al. 2015), 0.1 say; the loss "
               "tells of "
               "the smoothed labels, test_loss of the true ones"),
        number("clip_norm", &Options::clip_norm, 0, kLargestCount,
               "the largest norm that the gradients of a step may have together; longer ones are shortened "
               "to it; "
               "0: any"),
        choice("class_weights", &Options::class_weights, {"none", "balanced"},
               "what an image weighs in the training loss: 1, or as much less as its class has more training "
               "images "
               "than others, 1 on average over them"),
        integer("patience", &Options::patience, 0, 100000,
                "epochs without a better best_by after which the training ends; 0: it never does early"),
        boolean(
            "augment", &Options::augment,
            "random crops of the image padded by an eighth of its side, and random horizontal flips (not of "
            "mnist and idx, whose digits and letters they would change)"),
        integer("seed", &Options::seed, 0, kLargestCount,
                "of all random numbers: the same seed gives the same losses, bit for bit"),
        integer("threads", &Options::threads, 0, 4096,
                "threads that compute; 0: as many as CPUs may be used"),
        choice("device", &Options::device, {"auto", "cpu", "cuda"},
               "where it computes; auto: on a CUDA GPU if LibTorch sees one, else on the CPU"),
        allocator(),
        integer("cleanup", &Options::cleanup, 0, kLargestCount,
                "batches after which memory that was freed is given back to the system, again and again; 0: "
                "never; saves what the allocator keeps, and costs the time to get it anew"),
        boolean("drop_file_pages", &Options::drop_file_pages,
                "before training, give back the pages of the program and its libraries that only starting "
                "needed; what is used again is read again, from the page cache"),
        path("init", &Options::init,
             "a file of weights to start from instead of random ones: a state dict, or a TorchScript module "
             "with "
             "the same names; save writes such files, and in Python torch.save(dict(model.state_dict()), "
             "FILE)"),
        choice(
            "save", &Options::save, {"none", "last", "best", "each"},
            "which weights are kept in the run's folder: none, those of the last epoch or of the best one as "
            "model.pt, or those of each save_every epochs as model-epoch-N.pt; a state dict that torch.load "
            "reads, of a script: model a module that torch.jit.load reads"),
        integer("save_every", &Options::save_every, 1, 100000,
                "epochs from one file of `save: each` to the next"),
        choice(
            "best_by", &Options::best_by, {"accuracy", "loss"},
            "what the best epoch is told by: the accuracy or the loss of the validation images, of the test "
            "images where there are none"),
        checkpoint_every(),
        path("resume", &Options::resume,
             "the folder of a run that was ended, or its checkpoint.pt: the training goes on from there, "
             "with the "
             "parameters that it had"),
        boolean(
            "allow_divergence", &Options::allow_divergence,
            "go on where the loss of an epoch is no finite number; else the run ends there and has failed, "
            "since nothing that it learns later is of use")};
}

}  // namespace

const std::vector<Parameter>& parameters() {
    static const std::vector<Parameter> all = [] {
        std::vector<Parameter> made = make_built_in_parameters();
        made.insert(made.end(), library_parameters().begin(), library_parameters().end());
        return made;
    }();
    return all;
}

bool is_built_in_parameter(const std::string& name) {
    return std::ranges::any_of(make_built_in_parameters(),
                               [&](const Parameter& one) { return one.description.name == name; });
}

const std::vector<protocol::MetricDescription>& metrics() {
    static const std::vector<protocol::MetricDescription> all{
        {"accuracy", Unit::Fraction, "share of the test images that are classified right", true},
        {"loss", Unit::None, "mean cross entropy over the training images of the epoch", false},
        {"test_loss", Unit::None, "mean cross entropy over the test images", false},
        {"balanced_accuracy", Unit::Fraction,
         "mean over the classes of the share of their test images that are classified right", false},
        {"top5_accuracy", Unit::Fraction,
         "share of the test images whose class is among the five best scores; told of more than five classes",
         false},
        {"validation_accuracy", Unit::Fraction,
         "share of the validation images that are classified right; told where there are some", false},
        {"validation_loss", Unit::None, "mean cross entropy over the validation images", false},
        {"best_epoch", Unit::Count, "the epoch that was best by best_by; told where save or patience ask",
         false},
        {"epochs_made", Unit::Count, "epochs that were trained; fewer than epochs where patience ended",
         false},
        {"resumed_at_epoch", Unit::Count,
         "the epoch in which a checkpoint was gone on from; wall time and peak memory of the process are of "
         "what "
         "came after",
         false},
        {"epoch_s", Unit::Seconds, "time of one epoch's training steps", false},
        {"images_per_s", Unit::PerSecond,
         "training images per second of training steps, loading included, testing not", true},
        {"params", Unit::Count, "trainable parameters of the model", true},
        {"effective_batch", Unit::Count, "most images between two changes of the weights", false},
        {"optimizer_steps", Unit::Count, "changes of the weights", false},
        {"skipped_steps", Unit::Count, "steps left out because fp16 gradients overflowed", false},
        {"model_bytes", Unit::Bytes,
         "tensors of the model: parameters, gradients, optimizer state and buffers", false},
        {"activation_bytes", Unit::Bytes,
         "the most that tensors of a training step took beside model and batches: activations, and what "
         "comes and goes between them",
         false},
        {"loader_bytes", Unit::Bytes,
         "the most that tensors of batches took, and what worker processes had for themselves", false},
        {"overhead_bytes", Unit::Bytes,
         "peak resident memory of the process less the peak of its tensors: program, libraries and what the "
         "allocator keeps",
         false},
        {"parameter_bytes", Unit::Bytes, "tensors of parameters", false},
        {"gradient_bytes", Unit::Bytes, "tensors of gradients", false},
        {"optimizer_bytes", Unit::Bytes, "tensors of the optimizer's state", false},
        {"buffer_bytes", Unit::Bytes, "tensors of running statistics", false},
        {"batch_bytes", Unit::Bytes, "the most that tensors of training batches took", false},
        {"step_bytes", Unit::Bytes, "the most that the optimizer took beside its state", false},
        {"tensor_bytes", Unit::Bytes, "the most that all tensors took at once in training", false},
        {"evaluation_bytes", Unit::Bytes, "the most that testing took in tensors beside the model", false},
        {"peak_device_bytes", Unit::Bytes, "the most that tensors took on the GPU", false},
        {"peak_device_reserved_bytes", Unit::Bytes, "the most that LibTorch reserved on the GPU", false},
        {"predicted_model_bytes", Unit::Bytes, "the document's estimate: 12 bytes for each parameter", false},
        {"predicted_activation_bytes", Unit::Bytes,
         "the document's estimate: 3.125 MB for each image of a batch", false},
        {"predicted_loader_bytes", Unit::Bytes, "the document's estimate: 250 MB for each worker", false},
        {"predicted_total_bytes", Unit::Bytes, "the document's estimate: the sum of its three parts", false}};
    return all;
}

}  // namespace tidemark::trainer
