#include <memory>

#include "cli/output.hpp"
#include "cli/verb.hpp"
#include "sweep/file/grammar.hpp"

namespace tidemark::cli {

Action add_schema_verb(Options& declared) {
    auto options = std::make_shared<OutputOptions>();
    options->format = "json";  // as it is, for machines
    declared.text("--output", options->file, "write the schema to this file instead of stdout");
    return [options](const Context&) {
        write_output(*options, [](std::ostream& out) { out << sweep::sweep_file_schema(); });
        return ExitCode::Success;
    };
}

}  // namespace tidemark::cli
