#pragma once

namespace tidemark {

/// One function object out of several lambdas, for std::visit: `std::visit(Overloaded{[](int) {…}, [](double)
/// {…}}, variant)`.
template <typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace tidemark
