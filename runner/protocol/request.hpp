#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/units.hpp"
#include "base/value.hpp"
#include "protocol/capture.hpp"
#include "protocol/limits.hpp"
#include "protocol/service.hpp"

namespace tidemark::protocol {

/// The names of the environment variables of the contract between runner and child.
inline constexpr const char* kRequestVariable = "TIDEMARK_REQUEST";  ///< path of request.json
inline constexpr const char* kEventsVariable = "TIDEMARK_EVENTS";    ///< path of the file to append events to
inline constexpr const char* kRunDirVariable =
    "TIDEMARK_RUN_DIR";  ///< the run's own folder for what it writes

/// Where a program's heap begins in each repeat of a run.
enum class HeapLayout {
    Same,    ///< as the program makes it
    Varied,  ///< behind a block of another size in each, so that repeats do not share what the layout does
};

/// What a run inherits of its caller's environment, whatever else it does not.
inline constexpr std::array<std::string_view, 2> kAlwaysInherited{"PATH", "HOME"};

/// Parameters in the order of the sweep file.
using Parameters = std::vector<std::pair<std::string, Value>>;

/// Everything that defines one run. It is written to request.json before the run starts: the child reads its
/// parameters from it, and a run directory stays a whole record by itself.
struct Request {
    std::string run_id;
    std::string invocation;  ///< identifier of the `tidemark run` that started it
    std::string sweep;
    std::string run;             ///< name of the run within its sweep
    std::string cell;            ///< digest of parameters, command, environment and limits
    std::string key;             ///< `cell` and the content of the program and its inputs
    std::string measured_key{};  ///< the same without `capture`: what is measured, whatever is read from it
    std::string captured_at{};   ///< when its captures were read again (UTC); empty: when it was made
    int repeat = 1;              ///< counted from 1
    std::string workload;        ///< empty for a `command:`
    Parameters parameters;
    std::map<std::string, std::string> told{};  ///< parameters that were written otherwise than to_text does
    std::vector<std::string> command;           ///< program and arguments as started
    std::map<std::string, std::string> environment;  ///< what is added to what is inherited
    std::optional<std::vector<std::string>>
        inherit{};  ///< what is inherited beside kAlwaysInherited; absent: all that the caller has
    std::map<std::string, std::string> variables{};  ///< inherited ones that may change what the program does
    std::string revision{};     ///< of the repository that the sweep file lies in; empty: there is none
    std::string no_revision{};  ///< and then why
    std::string working_directory;
    std::string stdin_file;              ///< empty: /dev/null
    std::vector<std::string> plugins{};  ///< shared libraries that the workload shall load
    Limits limits;
    HeapLayout heap_layout = HeapLayout::Same;
    std::vector<int> accept_exit{0};    ///< exit codes of a run that went well
    std::vector<std::string> setup;     ///< a command before each execution of the program, not measured
    std::vector<std::string> teardown;  ///< one after it
    std::optional<Service> service{};   ///< runs beside each execution of the program
    int warmup = 0;                     ///< executions before the measured one, of which nothing is kept
    std::vector<Capture> capture;       ///< metrics to find in what the program leaves
    /// The metrics that a workload tells of itself and that lie between 0 and 1: `accuracy`, say, unless its
    /// description declares another unit. Of a command the names alone say so.
    std::vector<std::string> shares{};
    std::optional<std::vector<std::string>>
        inputs{};  ///< what `inputs:` names; absent: every argument that names a file
    std::optional<std::vector<std::string>> keep{};  ///< patterns of files in its folder; absent: all stay
    /// What stands in place of each secret, with the secret: written nowhere, the program alone is told it.
    std::map<std::string, std::string> secrets{};
    /// The invocation as JSON: written into the run's directory alone, so that all of its record can come
    /// back from there.
    std::string made_by{};
};

/// A word of the request with the secrets in it, for the program; what is inserted is not looked at again.
std::string revealed(std::string_view word, const std::map<std::string, std::string>& secrets);

/// What a program said, with what stands in place of its secrets, but for those that are too short to be told
/// from other text.
std::string concealed(std::string text, const std::map<std::string, std::string>& secrets);

nlohmann::ordered_json to_json(const Request& request);

/// Throws std::invalid_argument with the offending key when the JSON is not a request.
Request request_from_json(const nlohmann::ordered_json& json);

/// The same of a text from outside, a file or a database.
Request request_from_json_text(std::string_view text);

}  // namespace tidemark::protocol
