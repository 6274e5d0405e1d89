#pragma once

#include <map>
#include <string>
#include <string_view>

#include "analysis/comparability.hpp"
#include "sql/connection.hpp"

namespace tidemark::store {

/// How stored attempts were measured, by what the database tells of them; of what an older tidemark did not
/// store, nothing is known.
class Origins {
  public:
    /// The connection must outlive this.
    explicit Origins(sql::Connection& connection) : connection_(connection) {}

    /// Nothing is known of an attempt that there is not. Throws sql::SqlError.
    analysis::Origin of(std::string_view run_id);

  private:
    /// What all attempts of one invocation have in common.
    const analysis::Origin& of_invocation(const std::string& invocation);

    sql::Connection& connection_;
    std::map<std::string, analysis::Origin, std::less<>> known_;  ///< by invocation
};

}  // namespace tidemark::store
