#include "cli/provenance.hpp"

#include "base/build_info.hpp"
#include "run/machine.hpp"
#include "store/sweep_ledger.hpp"

namespace tidemark::cli {

std::vector<std::pair<std::string, Value>> provenance(const sweep::Sweep& sweep) {
    std::vector<std::pair<std::string, Value>> facts = run::describe_machine();
    facts.emplace_back("tidemark", std::string(version()));
    facts.emplace_back("tidemark_commit", std::string(commit()));
    facts.emplace_back("tidemark_compiler", std::string(compiler()));
    for (const auto* workload : sweep.workloads()) {
        facts.emplace_back(store::version_fact(workload->workload, "build"), workload->build_id);
        for (const auto& [name, text] : workload->versions)
            facts.emplace_back(store::version_fact(workload->workload, name), text);
    }
    return facts;
}

}  // namespace tidemark::cli
