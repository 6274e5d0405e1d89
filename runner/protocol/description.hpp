#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/language.hpp"
#include "base/value.hpp"
#include "protocol/unit.hpp"

namespace tidemark::protocol {

enum class ParameterType { Boolean, Integer, Number, Text, Choice, Path };

/// What a reader of any figure must be told, such as that the data is synthetic.
struct Caveat {
    std::string text;   ///< a sentence without its full stop
    std::string brief;  ///< in a word or two, for a line that says much else
    bool operator==(const Caveat&) const = default;
};

/// One parameter of a workload. The same table feeds the workload's own parsing, `--describe`, the check of a
/// sweep file before its first run, and the documentation.
struct ParameterDescription {
    std::string name;
    ParameterType type = ParameterType::Text;
    Value default_value;               ///< null: the parameter may be left out and then has no value
    std::optional<double> minimum;     ///< inclusive
    std::optional<double> maximum;     ///< inclusive
    std::vector<std::string> choices;  ///< of a Choice, in the order for documentation
    std::string meaning;               ///< one sentence: what it is, what it saves and what it costs
    /// value → environment variables that this value brings to the child (never to the runner or the warden)
    std::map<std::string, std::map<std::string, std::string>> environment;
    std::map<std::string, Caveat> caveats;  ///< value → what a reader must be told about it
    /// value → other parameters that must have a value then, each with how to give it
    std::map<std::string, std::map<std::string, std::string>> needs;
    /// Of a choice: what begins with this (`script:`) and goes on with the path of a file is a value, too.
    std::string file_prefix{};
};

/// The file that a value of the parameter names; empty: it names none.
std::string file_of(const ParameterDescription& parameter, std::string_view value);

/// A parameter of the workload that shapes a model, and the values of it that the model can take.
struct ModelOption {
    std::string name;
    std::vector<std::string> values{};  ///< none: all that the parameter has
};

inline constexpr std::string_view kAnyFile = "FILE";

/// What a workload can train: a value of its parameter `model`.
struct ModelDescription {
    std::string name;     ///< one that ends in kAnyFile is that of all with a file in its place
    std::string title;    ///< as people call it: H2Q-Spacetime
    std::string meaning;  ///< one sentence
    std::optional<std::int64_t> params;  ///< trainable parameters where no option is given; none: who knows
    std::vector<ModelOption> options;    ///< what shapes it; a parameter that shapes only others is refused
};

struct MetricDescription {
    std::string name;
    Unit unit = Unit::None;
    std::string meaning;
    bool headline = false;  ///< belongs into the comparison that is printed after a sweep
};

/// What a workload says about itself: the answer to `--describe`, stored beside the program when it is built,
/// so that nothing has to be started to read it.
struct WorkloadDescription {
    std::string workload;
    std::string program;   ///< path of the executable, relative to the description's own folder or absolute
    std::string build_id;  ///< changes when the program does; part of a run's key
    std::map<std::string, std::string> versions;  ///< of what it was built with: libtorch, blas, compiler
    /// Those of the versions that a report names, and what it calls them: libtorch → LibTorch.
    std::map<std::string, std::string> version_titles{};
    /// What an interval over the repeats of this workload is not of; empty: there is nothing to say.
    LocalText repeats_note{};
    std::vector<ParameterDescription> parameters;
    std::vector<MetricDescription> metrics;
    std::vector<ModelDescription> models;  ///< none: the workload does not say
    bool takes_plugins = false;            ///< loads shared libraries with more models
    bool self_test = false;                ///< answers --self-test, see protocol/self_test.hpp

    const ParameterDescription* parameter(std::string_view name) const;
    const MetricDescription* metric(std::string_view name) const;
};

nlohmann::json to_json(const WorkloadDescription& description);

/// Throws std::invalid_argument with the offending key when the JSON is not a description.
WorkloadDescription description_from_json(const nlohmann::json& json);

/// A value brought to the parameter's type (a whole real becomes an integer, an integer a real), or why it
/// cannot be.
struct CheckedValue {
    std::optional<Value> value;
    std::string problem;  ///< "must be an integer from 1 to 4096, not 0"
};
CheckedValue check(const ParameterDescription& parameter, const Value& value);

std::string_view to_text(ParameterType type);

}  // namespace tidemark::protocol
