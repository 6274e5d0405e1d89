#include "protocol/self_test.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/bounded_json.hpp"
#include "base/enum_names.hpp"

namespace tidemark::protocol {
namespace {

constexpr EnumNames<Health, 3> kNames{{{Health::Good, "good"}, {Health::Note, "note"}, {Health::Bad, "bad"}}};

}  // namespace

std::string to_json_text(const std::vector<HealthFinding>& findings) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const HealthFinding& finding : findings) {
        out.push_back({{"check", finding.check},
                       {"health", name_of(kNames, finding.health)},
                       {"found", finding.found},
                       {"advice", finding.advice}});
    }
    return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<std::vector<HealthFinding>> findings_from_json_text(const std::string& text) {
    const nlohmann::json in = parse_json_or_discard(text);
    if (!in.is_array()) return std::nullopt;
    try {
        std::vector<HealthFinding> findings;
        for (const nlohmann::json& finding : in) {
            findings.push_back({finding.at("check").get<std::string>(),
                                enum_of(kNames, finding.at("health").get<std::string>()),
                                finding.at("found").get<std::string>(), finding.value("advice", "")});
        }
        return findings;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

}  // namespace tidemark::protocol
