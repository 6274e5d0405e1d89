#include "trainer/options.hpp"

#include "trainer/datasets/synthetic.hpp"

namespace tidemark::trainer {
namespace {

using protocol::ParameterType;
using protocol::Unit;

constexpr double kLargestCount = 1e9;
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

std::vector<Parameter> make_parameters() {
    std::vector<Parameter> all{
        choice("model", &Options::model, {"h2q", "baseline"},
               "the network: h2q (H2Q-Spacetime, 13,957,074 parameters at hidden 256 and depth 4) or "
               "baseline (a CNN, 559,178)"),
        choice("dataset", &Options::dataset, {"synthetic", "cifar10"},
               "the images: synthetic ones are made up on the spot and need no files, cifar10 is read from "
               "data_dir"),
        path("data_dir", &Options::data_dir,
             "the folder that holds cifar-10-batches-bin/; needed for cifar10"),
        integer("batch_size", &Options::batch_size, 1, 65536,
                "images per forward pass: activation memory grows with it; small ones keep the processor "
                "less busy"),
        integer("accumulation", &Options::accumulation, 1, 65536,
                "batches whose gradients are added up before the weights change: the effect of a large batch "
                "at the memory of a small "
                "one, but for BatchNorm, whose statistics stay those of the small one"),
        integer("workers", &Options::workers, 0, 256,
                "threads that prepare batches ahead; 0 prepares each when it is needed, and saves the memory "
                "of those prepared ahead"),
        integer("epochs", &Options::epochs, 1, 100000,
                "passes over the training images: the time grows with it, the memory does not"),
        integer("train_samples", &Options::train_samples, 0, kLargestCount,
                "training images to use, from the first on; 0: all"),
        integer("test_samples", &Options::test_samples, 0, kLargestCount,
                "test images to use, from the first on; 0: all"),
        integer(
            "eval_batch_size", &Options::eval_batch_size, 0, 65536,
            "images per pass when testing; 0: twice batch_size, which takes no more memory than training"),
        boolean("drop_last", &Options::drop_last, "leave out a last batch that is not full"),
        integer("hidden", &Options::hidden, 8, 4096,
                "width of the network, a multiple of 16 for h2q: parameters and activations grow with it"),
        integer(
            "depth", &Options::depth, 1, kLargestDepth,
            "stages of h2q (baseline has no such choice): each but the last halves the image's sides, each "
            "but the last two doubles the channels"),
        number("lr", &Options::lr, 0, 100, "learning rate of AdamW"),
        number("weight_decay", &Options::weight_decay, 0, 100, "weight decay of AdamW"),
        choice("schedule", &Options::schedule, {"cosine", "constant"},
               "how the learning rate falls over the epochs"),
        boolean("augment", &Options::augment,
                "random crops of the image padded by 4, and random horizontal flips"),
        integer("seed", &Options::seed, 0, kLargestCount,
                "of all random numbers: the same seed gives the same losses, bit for bit"),
        integer("threads", &Options::threads, 0, 4096,
                "threads that compute; 0: as many as CPUs may be used")};
    for (Parameter& parameter : all) {
        if (parameter.description.name != "dataset") continue;
        parameter.description.caveats["synthetic"] = kSyntheticCaveat;
        parameter.description.needs["cifar10"]["data_dir"] =
            "the folder that holds cifar-10-batches-bin/, e.g. --set data_dir=DIR";
    }
    return all;
}

}  // namespace

const std::vector<Parameter>& parameters() {
    static const std::vector<Parameter> all = make_parameters();
    return all;
}

const std::vector<protocol::MetricDescription>& metrics() {
    static const std::vector<protocol::MetricDescription> all{
        {"accuracy", Unit::Fraction, "share of the test images that are classified right", true},
        {"loss", Unit::None, "mean cross entropy over the training images of the epoch", false},
        {"test_loss", Unit::None, "mean cross entropy over the test images", false},
        {"epoch_s", Unit::Seconds, "time of one epoch's training steps", false},
        {"images_per_s", Unit::PerSecond,
         "training images per second of training steps, loading included, testing not", true},
        {"params", Unit::Count, "trainable parameters of the model", true},
        {"effective_batch", Unit::Count, "images between two changes of the weights", false},
        {"optimizer_steps", Unit::Count, "changes of the weights", false}};
    return all;
}

}  // namespace tidemark::trainer
