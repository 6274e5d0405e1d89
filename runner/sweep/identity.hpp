#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/value.hpp"

namespace tidemark::sweep {

/// A text that no other sequence of parts has: each part with its length before it.
class CanonicalText {
  public:
    CanonicalText& add(std::string_view part);
    CanonicalText& add(std::string_view name, const Value& value);  ///< with its type: 1 is not 1.0, nor '1'
    /// Parts that were made canonical before.
    CanonicalText& add(const CanonicalText& parts);
    void clear() { text_.clear(); }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
};

/// Digests of files, each read once.
class FileDigests {
  public:
    /// Nothing where the file cannot be read.
    std::optional<Digest> of(const std::filesystem::path& file);

  private:
    std::map<std::filesystem::path, std::optional<Digest>> known_;
};

/// The executable that execvp would find: a name with a slash relative to the working directory, any other
/// along `search_path`. Empty: there is none; `problem` says why.
std::filesystem::path find_program(const std::string& name, const std::filesystem::path& working_directory,
                                   const std::string& search_path, std::string& problem);

/// What is wrong with the interpreter that the first line of a script names (`#!/usr/bin/python3`): execve
/// would only say that there is no such file. Empty where nothing is.
std::string interpreter_problem(const std::filesystem::path& script);

}  // namespace tidemark::sweep
