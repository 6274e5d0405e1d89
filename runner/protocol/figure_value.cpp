#include "protocol/figure_value.hpp"

#include "base/overloaded.hpp"

namespace tidemark::protocol {

Value value_of(const Figure& figure, const Measurement& measurement) {
    return std::visit(Overloaded{[&](std::string Measurement::*text) {
                                     const std::string& own = measurement.*text;
                                     return own.empty() ? Value() : Value(own);
                                 },
                                 [&](auto number) {
                                     const auto& own = measurement.*number;
                                     return own ? Value(*own) : Value();
                                 }},
                      figure.member);
}

}  // namespace tidemark::protocol
