#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/capture.hpp"
#include "protocol/limits.hpp"
#include "protocol/request.hpp"
#include "protocol/unit.hpp"
#include "sweep/file/check_definition.hpp"
#include "sweep/file/order.hpp"
#include "sweep/file/yaml_document.hpp"
#include "sweep/load_options.hpp"

namespace tidemark::sweep {

struct Key;
using Keys = std::vector<Key>;

/// What may stand in a place of a sweep file.
struct Shape {
    enum class Kind {
        Text,
        Written,
        Template,
        Any,
        Integer,
        Boolean,
        Choice,
        List,
        Map,
        KnownKeys,
        Null,
        OneOf
    };
    Kind kind = Kind::Text;
    std::int64_t least{};  ///< of an Integer; of a List or a map how many items
    std::int64_t most{};   ///< of an Integer; of KnownKeys how many; 0: any number of them
    std::vector<std::string_view> choices{};
    std::vector<Shape> of{};   ///< what a List or a Map has, or all that OneOf may be
    const Keys& (*keys)(){};   ///< of a map with these keys alone; of a Map: those that mean something else
    std::string_view names{};  ///< of a Map: a regular expression for its names; empty: any
    std::string pattern{};     ///< of Written: a regular expression for the text
};

/// A key of a sweep file. The reader refuses all that has no place in these tables, and the JSON schema is
/// made of them, so that both know the same.
struct Key {
    std::string_view name;
    std::string_view meaning;  ///< a sentence
    Shape shape;
    /// What is said where something of another kind stands there; empty: the key's own reader says it.
    std::string_view must{};
    /// What is said where the key is missing; empty: it may be.
    std::string_view missing{};
};

/// At the top of the file. Those that begin with kLeftAlone are nobody's.
const Keys& top_keys();
inline constexpr std::string_view kLeftAlone = "x-";
const Keys& matrix_keys();  ///< of the matrix, which are no axes, or need not be
const Keys& axis_keys();    ///< of an axis of the matrix that is computed
const Keys& word_keys();    ///< of words of a command that may be left out
const Keys& limit_keys();
const Keys& service_keys();
const Keys& retry_keys();
const Keys& slurm_keys();
const Keys& repeat_keys();
const Keys& step_keys();  ///< of `setup` and `teardown`
const Keys& requirement_keys();
const Keys& capture_keys();
const Keys& observe_keys();
const Keys& check_keys();
const Keys& goal_keys();
const Keys& goal_bound_keys();  ///< of an entry of its `subject_to`
const Keys& budget_keys();      ///< of a goal
const Keys& table_keys();
const Keys& column_keys();      ///< of a table
const Keys& local_text_keys();  ///< of a text in two languages

/// A sweep runs one of them, not both.
inline constexpr std::array<std::string_view, 2> kPrograms{"workload", "command"};

// Numbers and words that a value must be one of.

inline constexpr std::int64_t kMostWarmups = 1000;
inline constexpr std::int64_t kMostRetries = 100;
inline constexpr std::int64_t kMostRunsPerJob = 10'000;
inline constexpr std::int64_t kMostBudget = 100'000;  ///< runs of a plan
inline constexpr std::int64_t kLargestExitCode = 255;
inline constexpr std::int64_t kMostCpus = 4096;
/// PID_MAX_LIMIT of include/linux/threads.h: no kernel has more.
inline constexpr std::int64_t kMostPids = std::int64_t{4} << 20;
inline constexpr std::int64_t kMostDecimals = 9;
// Parameters and metrics become columns.

/// protocol::is_valid_name as a regular expression.
inline constexpr std::string_view kMetricPattern = "^[a-z_][a-z0-9_]{0,63}$";
/// is_parameter_word as a regular expression.
inline constexpr std::string_view kParameterPattern = "^[A-Za-z_][A-Za-z0-9_.-]{0,63}$";
/// One of those, or several in parentheses.
inline constexpr std::string_view kAxisPattern = "^([A-Za-z_][A-Za-z0-9_.-]{0,63}|\\(.*,.*\\))$";

template <typename Meant, std::size_t kCount>
using Words = std::array<std::pair<std::string_view, Meant>, kCount>;

inline constexpr Words<Order, 3> kOrders{
    {{"interleaved", Order::Interleaved}, {"listed", Order::Listed}, {"shuffled", Order::Shuffled}}};
inline constexpr Words<protocol::HeapLayout, 2> kHeapLayouts{
    {{"same", protocol::HeapLayout::Same}, {"varied", protocol::HeapLayout::Varied}}};
inline constexpr Words<protocol::Enforcement, 2> kEnforcements{
    {{"strict", protocol::Enforcement::Strict}, {"best effort", protocol::Enforcement::BestEffort}}};
inline constexpr Words<protocol::CaptureTake, 6> kTakes{{{"first", protocol::CaptureTake::First},
                                                         {"last", protocol::CaptureTake::Last},
                                                         {"each", protocol::CaptureTake::Each},
                                                         {"min", protocol::CaptureTake::Min},
                                                         {"median", protocol::CaptureTake::Median},
                                                         {"mean", protocol::CaptureTake::Mean}}};
inline constexpr Words<TableRows, 2> kTableRows{{{"runs", TableRows::Runs}, {"each", TableRows::Each}}};
inline constexpr std::array kUnits{protocol::Unit::None,      protocol::Unit::Bytes,
                                   protocol::Unit::Seconds,   protocol::Unit::Fraction,
                                   protocol::Unit::PerSecond, protocol::Unit::BytesPerSecond,
                                   protocol::Unit::Count};

/// Whether the node is of the kind that the shape wants; what is inside it is not looked at.
bool fits(const Node& node, const Shape& shape);

/// ` (did you mean 'environment'?)` for `env`: other tools' words, and typing errors.
std::string key_meant(std::string_view word, const Keys& known);

/// The JSON schema (draft 2020-12 and before) of the sweep file, for editors.
std::string sweep_file_schema();

}  // namespace tidemark::sweep
