#pragma once

#include <string>

namespace tidemark::test {

/// The folders of the project that is tested, and of its build. Functions, and no definitions of each test
/// program: what is compiled in another folder is then the same, and ccache knows it.
std::string source_dir();
std::string binary_dir();

}  // namespace tidemark::test
