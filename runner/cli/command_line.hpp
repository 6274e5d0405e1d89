#pragma once

namespace tidemark::cli {

/// The whole program: reads the command line, executes its verb, and turns what ends a command early into a
/// message on stderr. Returns the exit code (see tidemark::ExitCode).
int run(int argc, char** argv);

}  // namespace tidemark::cli
