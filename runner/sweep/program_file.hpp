#pragma once

#include <filesystem>
#include <string>

namespace tidemark::sweep {

/// The executable that execvp would find: a name with a slash relative to the working directory, any other
/// along `search_path` (folders parted by colons). Empty: there is none; `problem` says why.
std::filesystem::path find_program(const std::string& name, const std::filesystem::path& working_directory,
                                   const std::string& search_path, std::string& problem);

/// What is wrong with the interpreter that the first line of a script names (`#!/usr/bin/python3`): execve
/// would only say that there is no such file. Empty where nothing is.
std::string interpreter_problem(const std::filesystem::path& script);

}  // namespace tidemark::sweep
