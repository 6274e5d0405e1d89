#include "sweep/secrets.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <fmt/format.h>

#include "base/suggestion.hpp"
#include "sql/sql_tokens.hpp"
#include "sweep/secret_key.hpp"

namespace tidemark::sweep {
namespace {

constexpr const char* kKey = "secrets";

bool names_it(const std::string& expression, const std::string& name) {
    return std::ranges::any_of(sql::tokenize(expression), [&](const sql::Token& token) {
        const bool is_name = token.kind == sql::TokenKind::Name || token.kind == sql::TokenKind::QuotedName;
        return is_name && sql::equals_ignoring_case(token.text, name);
    });
}

bool names_it(const GivenTemplate& part, const std::string& name) {
    return std::ranges::count(part.text.names(), name) > 0;
}

/// The secrets of a definition.
class Hiding {
  public:
    Hiding(Definition& definition, const std::string& only, Problems& problems)
        : definition_(definition), only_(only), problems_(problems) {}

    void hide(const GivenSecret& secret) {
        if (is_parameter(secret.name))
            hide_parameter(secret);
        else if (const auto variable = std::ranges::find(definition_.environment, secret.name,
                                                         &std::pair<std::string, GivenTemplate>::first);
                 variable != definition_.environment.end())
            hide_variable(secret, variable->second);
        else
            require_variable(secret);
    }

  private:
    void refuse(const GivenSecret& secret, const std::string& message) {
        problems_.add(secret.position, kKey, message);
    }

    bool is_axis(const std::string& name) const {
        return std::ranges::any_of(definition_.matrix,
                                   [&](const Axis& axis) { return axis.find(name).has_value(); });
    }
    bool is_derived(const std::string& name) const {
        return std::ranges::find(definition_.derive, name, &GivenExpression::name) !=
               definition_.derive.end();
    }
    bool is_parameter(const std::string& name) const {
        bool is_given = is_axis(name) || is_derived(name);
        for_each_value(definition_, name, [&](const GivenValue&) { is_given = true; });
        return is_given;
    }

    void hide_parameter(const GivenSecret& secret) {
        const std::string& name = secret.name;
        if (definition_.workload)
            return refuse(
                secret,
                fmt::format("'{}' is a parameter of a workload, which reads it from request.json, where "
                            "it would be stored; give the workload the secret as a variable",
                            name));
        if (is_axis(name))
            return refuse(secret,
                          fmt::format("'{}' is an axis of the matrix, and its values are in the names of the "
                                      "runs; give it in parameters, and by --set",
                                      name));
        bool is_structure = false;
        for_each_value(definition_, name,
                       [&](const GivenValue& value) { is_structure = is_structure || value.is_structure; });
        if (is_structure)
            return refuse(secret, fmt::format("'{}' is a list or a map, and a secret is one text", name));
        if (is_derived(name))
            return refuse(secret,
                          fmt::format("'{}' is derived; name the parameter that it is derived of", name));
        if (const std::string place = stored_place(name); !place.empty())
            return refuse(secret,
                          fmt::format("'{}' stands in {}, which is stored and shown; only command, "
                                      "environment, and the setup and teardown of each run can hold it",
                                      name, place));
        if (const std::string place = expression_with(name); !place.empty())
            return refuse(
                secret, fmt::format("'{}' stands in the expression of {}, which does not see its value", name,
                                    place));
        const auto hide_value = [&](GivenValue& given) {
            const std::string shown = hide_text(given.written);
            given.value = shown;
            given.text = shown;
            given.written = shown;
        };
        const auto hide_values = [&](std::vector<GivenParameter>& parameters) {
            for (GivenParameter& parameter : parameters)
                if (parameter.name == name) hide_value(parameter.value);
        };
        hide_values(definition_.parameters);
        for (GivenAddition& addition : definition_.additions) hide_values(addition.parameters);
        for (NamedRun& variant : definition_.each) hide_values(variant.parameters);
        for (NamedRun& run : definition_.runs) hide_values(run.parameters);
    }

    void hide_variable(const GivenSecret& secret, GivenTemplate& value) {
        const auto& names = value.text.names();
        const bool has_secret = std::ranges::any_of(names, [&](const std::string& name) {
            return std::ranges::find(definition_.secrets, name, &GivenSecret::name) !=
                   definition_.secrets.end();
        });
        if (has_secret) return;  // what stands in its place is in there already
        if (!names.empty())
            return refuse(
                secret, fmt::format("environment.{0} is put together of parameters; name the one that is the "
                                    "secret, here '{1}'",
                                    secret.name, names.front()));
        value.text = Template(hide_text(value.text.fill([](std::string_view) { return ""; })));
    }

    /// One that is inherited. A slip would leave the secret where it is.
    void require_variable(const GivenSecret& secret) {
        if (std::getenv(secret.name.c_str()) != nullptr) return;
        std::vector<std::string_view> known;
        for (const auto& [name, value] : definition_.environment) known.emplace_back(name);
        for (const GivenParameter& parameter : definition_.parameters) known.emplace_back(parameter.name);
        if (definition_.inherit)
            for (const std::string& name : *definition_.inherit) known.emplace_back(name);
        const std::string hint = did_you_mean(secret.name, known);
        const bool could_be_set_elsewhere =
            std::ranges::find(known, secret.name) != known.end() ||
            std::ranges::none_of(secret.name, [](char letter) { return letter >= 'a' && letter <= 'z'; });
        if (could_be_set_elsewhere && hint.empty()) return;
        refuse(secret, fmt::format("there is no parameter and no variable '{}'{}", secret.name, hint));
    }

    /// Where the secret would be seen, of what is no command and no environment; empty: nowhere.
    std::string stored_place(const std::string& name) const {
        std::string place;
        const auto look = [&](const GivenTemplate& part) {
            if (place.empty() && names_it(part, name)) place = part.key;
        };
        for (const auto* part :
             {&definition_.workload, &definition_.working_directory, &definition_.stdin_file})
            if (*part) look(**part);
        if (definition_.inputs) std::ranges::for_each(*definition_.inputs, look);
        std::ranges::for_each(definition_.limits_to_fill, look);
        if (definition_.service && definition_.service->port) look(*definition_.service->port);
        for (const GivenSteps* steps : {&definition_.setup, &definition_.teardown})
            if (steps->each) std::ranges::for_each(steps->each->command.words, look);
        for (const GivenCapture& capture : definition_.capture)
            if (capture.file) look(*capture.file);
        for (const GivenCommand* command : {&definition_.setup.sweep, &definition_.teardown.sweep})
            std::ranges::for_each(command->words, look);
        for (const GivenRequirement& requirement : definition_.requirements)
            std::ranges::for_each(requirement.command.words, look);
        return place;
    }

    std::string expression_with(const std::string& name) const {
        for (const GivenExpression& derived : definition_.derive)
            if (names_it(derived.text, name)) return "derive." + derived.name;
        for (const GivenExpression& condition : definition_.exclude)
            if (names_it(condition.text, name)) return "exclude";
        for (const GivenRequirement& requirement : definition_.requirements)
            if (requirement.where && names_it(requirement.where->text, name)) return "requires";
        return names_it(only_, name) ? "--only" : "";
    }

    std::string hide_text(const std::string& secret) {
        std::string shown = hidden(secret);
        definition_.hidden.emplace(shown, secret);
        return shown;
    }

    Definition& definition_;
    const std::string& only_;
    Problems& problems_;
};

}  // namespace

void hide_secrets(Definition& definition, const std::string& only, Problems& problems) {
    if (definition.secrets.empty()) return;
    Hiding hiding(definition, only, problems);
    for (const GivenSecret& secret : definition.secrets) hiding.hide(secret);
}

}  // namespace tidemark::sweep
