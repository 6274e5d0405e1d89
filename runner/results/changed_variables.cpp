#include "results/changed_variables.hpp"

#include <map>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"

namespace tidemark::results {
namespace {

using Variables = std::map<std::string, std::string>;

struct Present {
    std::string key;
    Variables variables;
};

std::map<std::string, Present> present_runs(const sweep::Sweep& sweep) {
    std::map<std::string, Present> present;
    for (const sweep::RunSpec& run : sweep.runs()) {
        const sweep::ResolvedRun resolved = sweep.resolve(run);
        present.emplace(to_text(run.cell), Present{to_text(resolved.key()), resolved.request().variables});
    }
    return present;
}

std::string sentence(const std::string& name, const std::string* before, const std::string* now) {
    return fmt::format("runs that are stored were made {}{}{}, and now it is {}",
                       before == nullptr ? "without " : "with ", name, before == nullptr ? "" : "=" + *before,
                       now == nullptr ? "not set" : *now);
}

void add_changes(const Variables& before, const Variables& now, std::set<std::string>& sentences) {
    const auto value = [](const Variables& all, const std::string& name) {
        const auto found = all.find(name);
        return found == all.end() ? nullptr : &found->second;
    };
    Variables names = before;
    names.insert(now.begin(), now.end());
    for (const auto& [name, any] : names) {
        const std::string* former = value(before, name);
        const std::string* present = value(now, name);
        const bool is_same = former != nullptr && present != nullptr && *former == *present;
        if (!is_same) sentences.insert(sentence(name, former, present));
    }
}

}  // namespace

std::vector<std::string> changed_variables(sql::Connection& connection, const sweep::Sweep& sweep) {
    const std::map<std::string, Present> present = present_runs(sweep);
    std::set<std::string> sentences;
    sql::Statement rows = connection.prepare(
        "SELECT cell, key, json_extract(request, '$.variables') FROM main.runs WHERE sweep = ? AND latest = "
        "1 AND "
        "status = 'ok' AND json_valid(request)");
    rows.bind_all(std::string_view(sweep.name()));
    while (rows.step()) {
        const auto now = present.find(rows.text(0));
        if (now == present.end() || now->second.key == rows.text(1) || rows.is_null(2)) continue;
        const auto before = parse_json_or_discard(rows.text(2));
        if (before.is_object()) add_changes(before.get<Variables>(), now->second.variables, sentences);
    }
    return {sentences.begin(), sentences.end()};
}

}  // namespace tidemark::results
