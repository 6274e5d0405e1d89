// The table of keys as a JSON schema, for editors.
#include <nlohmann/json.hpp>

#include "sweep/file/grammar.hpp"

namespace tidemark::sweep {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Shape::Kind;

Json schema_of(const Shape& shape);

Json schema_of(const Keys& keys) {
    Json out{{"type", "object"}, {"properties", Json::object()}, {"additionalProperties", false}};
    Json required = Json::array();
    for (const Key& key : keys) {
        Json own = schema_of(key.shape);
        own["description"] = key.meaning;
        out["properties"][std::string(key.name)] = std::move(own);
        if (!key.missing.empty()) required.push_back(key.name);
    }
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

Json schema_of_map(const Shape& shape) {
    Json out{{"type", "object"}, {"additionalProperties", schema_of(shape.of.front())}};
    if (shape.keys != nullptr) out["properties"] = schema_of(shape.keys())["properties"];
    if (shape.least > 0) out["minProperties"] = shape.least;
    if (!shape.names.empty()) out["propertyNames"] = {{"pattern", shape.names}};
    return out;
}

Json schema_of_known(const Shape& shape) {
    Json out = schema_of(shape.keys());
    if (shape.least > 0) out["minProperties"] = shape.least;
    if (shape.most > 0) out["maxProperties"] = shape.most;
    return out;
}

Json schema_of_list(const Shape& shape) {
    Json out{{"type", "array"}, {"items", schema_of(shape.of.front())}};
    if (shape.least > 0) out["minItems"] = shape.least;
    return out;
}

Json schema_of(const Shape& shape) {
    switch (shape.kind) {
        case Kind::Text:  // a number is a text where a text is wanted
            return {{"type", {"string", "number", "boolean"}}};
        case Kind::Written:
            return {{"type", "string"}, {"pattern", shape.pattern}};
        case Kind::Template:
            return {{"type", "string"}, {"pattern", "\\{"}};
        case Kind::Any:
            return Json::object();
        case Kind::Integer:
            return {{"type", "integer"}, {"minimum", shape.least}, {"maximum", shape.most}};
        case Kind::Boolean:
            return {{"type", "boolean"}};
        case Kind::Null:
            return {{"type", "null"}};
        case Kind::Choice:
            return {{"enum", shape.choices}};
        case Kind::List:
            return schema_of_list(shape);
        case Kind::Map:
            return schema_of_map(shape);
        case Kind::KnownKeys:
            return schema_of_known(shape);
        case Kind::OneOf:
            break;
    }
    Json any = Json::array();
    for (const Shape& one : shape.of) any.push_back(schema_of(one));
    return {{"anyOf", std::move(any)}};
}

Json require(std::string_view key) {
    return {{"required", Json::array({key})}};
}

}  // namespace

std::string sweep_file_schema() {
    Json out{{"$schema", "http://json-schema.org/draft-07/schema#"},
             {"title", "Tidemark sweep file"},
             {"description", "What an experiment consists of: the runs, what is measured, what must hold."}};
    out.update(schema_of(top_keys()));
    out["patternProperties"] = {{"^" + std::string(kLeftAlone), Json::object()}};
    // what a file that includes others lacks may stand in those
    Json complete = {{"required", out["required"]}, {"anyOf", Json::array()}};
    Json both = Json::array();
    for (const std::string_view program : kPrograms) {
        complete["anyOf"].push_back(require(program));
        both.push_back(program);
    }
    out.erase("required");
    out["not"] = {{"required", std::move(both)}};
    out["anyOf"] = Json::array({require("include"), std::move(complete)});
    constexpr int kIndent = 2;
    return out.dump(kIndent) + "\n";
}

}  // namespace tidemark::sweep
