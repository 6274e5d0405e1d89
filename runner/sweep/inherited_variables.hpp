#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocol/request.hpp"

namespace tidemark::sweep {

/// The caller's variables that change what programs do, whatever the sweep file says of them: how many
/// threads there are, which libraries are loaded, how memory is allocated, how Python behaves.
class InheritedVariables {
  public:
    /// As the environment of this process is now.
    InheritedVariables();

    /// Those that are known to change programs, with their values.
    const std::map<std::string, std::string>& known() const { return known_; }

    /// Those that such a run inherits: the known ones, those that `inherit:` names, and those that its
    /// commands name (`$FOO`, `${FOO}`). What `environment:` sets is not among them, since it is inherited
    /// from nobody. In place of the value of one that is among `secrets`, or whose name tells of one, stands
    /// what is shown of secrets.
    std::map<std::string, std::string> of(const protocol::Request& request,
                                          const std::vector<std::string>& secrets = {}) const;

  private:
    std::map<std::string, std::string> known_;
};

/// Whether such a run inherits the variable, if the caller has it: all, or those that `inherit:` names, and
/// always PATH and HOME.
bool inherits(const protocol::Request& request, const std::string& variable);

}  // namespace tidemark::sweep
