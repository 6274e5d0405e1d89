#pragma once

namespace tidemark::trainer {

/// The whole program: reads its parameters from the request of the runner (TIDEMARK_REQUEST) and the command
/// line, and trains. Exit code 0; 1 when the training failed; 2 when a parameter is wrong.
int run(int argc, char** argv);

}  // namespace tidemark::trainer
