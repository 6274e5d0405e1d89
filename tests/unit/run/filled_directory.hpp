#pragma once

#include <string>

#include <gtest/gtest.h>

#include "run/record.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::run {

/// A run directory that a test fills.
class FilledDirectory : public testing::Test {
  protected:
    Record read() { return read_record(test::make_run_directory(folder.path(), request, measured)); }

    void write(const std::string& file, const std::string& content) const {
        folder.write("run1/" + file, content);
    }

    test::Workspace folder;
    protocol::Request request = test::example_request("run1");
    protocol::Measurement measured = test::example_measurement();
};

}  // namespace tidemark::run
