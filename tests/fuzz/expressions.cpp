// An expression of `derive`, `exclude` or `--only`.
#include "harness.hpp"
#include "sql/expression.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tidemark;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> names{"run", "batch_size", "lr", "amp", "none"};
    const std::vector<std::vector<Value>> rows{
        {std::string("original"), std::int64_t{128}, 1e-3, true, Value()},
        {std::string("h2q · 16"), std::int64_t{0}, -1.5, false, Value()},
    };
    static sql::ExpressionEngine engine;
    for (const auto use : {sql::ExpressionUse::Value, sql::ExpressionUse::Condition}) {
        try {
            sql::Expression expression = engine.compile(text, names, use);
            for (const auto& row : rows) {
                for (const std::size_t name : expression.uses())
                    fuzz::must(name < names.size(), "a name is one of them");
                if (use == sql::ExpressionUse::Value)
                    expression.evaluate(row);
                else
                    expression.holds(row);
            }
        } catch (const sql::ExpressionError& error) {
            fuzz::must(*error.what() != '\0', "an error says what is wrong");
        }
    }
    return 0;
}
