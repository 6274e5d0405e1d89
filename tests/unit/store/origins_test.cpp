#include "store/origins.hpp"

#include <gtest/gtest.h>

#include "store/database.hpp"
#include "store/write_record.hpp"
#include "support/example_run.hpp"
#include "support/workspace.hpp"

namespace tidemark::store {
namespace {

using analysis::Origin;
using analysis::OriginFact;

class StoredOrigin : public testing::Test {
  protected:
    StoredOrigin() {
        run::Record record = test::example_record("one");
        record.measurement.memory_method = "cgroup v2";
        record.request.limits.memory = Bytes{64 * kMebibyte};
        sql::Transaction transaction(connection);
        write_record(connection, record);
        transaction.commit();
    }
    void tell(const std::string& name, const std::string& value) {
        connection.execute("INSERT INTO provenance SELECT invocation_id, '" + name + "', '" + value +
                           "' FROM runs WHERE run_id = 'one'");
    }
    std::string told(OriginFact fact) { return Origins(connection).of("one").of(fact); }

    test::Workspace folder;
    Database database = Database::open_or_create(folder / "t.db");
    sql::Connection& connection = database.connection();
};

TEST_F(StoredOrigin, IsWhatTheInvocationAndTheRequestTell) {
    tell("cpu", "Abacus");
    tell("cores", "4");
    tell("kernel", "Linux 6.1.0-13 aarch64");
    tell("tidemark", "0.1.0");
    EXPECT_EQ(told(OriginFact::Machine), "Abacus, 4 cores");
    EXPECT_EQ(told(OriginFact::Kernel), "Linux 6.1.0-13");
    EXPECT_EQ(told(OriginFact::Architecture), "aarch64");
    EXPECT_EQ(told(OriginFact::Tidemark), "0.1.0");
    EXPECT_EQ(told(OriginFact::MemoryMethod), "cgroup v2");
    EXPECT_EQ(told(OriginFact::MemoryLimit), "64.0 MiB");
    EXPECT_EQ(told(OriginFact::HeapLayout), "same");
}

TEST_F(StoredOrigin, WhatAnOlderTidemarkDidNotStoreIsNotKnown) {
    EXPECT_EQ(told(OriginFact::Machine), "");
    EXPECT_EQ(told(OriginFact::Kernel), "");
    connection.execute("UPDATE runs SET memory_method = NULL, request = '{\"limits\":{}}'");
    EXPECT_EQ(told(OriginFact::MemoryMethod), "");
    EXPECT_EQ(told(OriginFact::MemoryLimit), "none");
    EXPECT_EQ(told(OriginFact::HeapLayout), "same") << "there was no other then";
    connection.execute("UPDATE runs SET request = 'torn {'");
    EXPECT_EQ(told(OriginFact::MemoryLimit), "");
    tell("kernel", "Linux");
    EXPECT_EQ(told(OriginFact::Architecture), "");
    EXPECT_EQ(Origins(connection).of("nobody").of(OriginFact::Machine), "");
}

}  // namespace
}  // namespace tidemark::store
