#include "report/run_sheet.hpp"

#include <tuple>

namespace tidemark::report {

bool DetailSection::operator<(const DetailSection& other) const {
    return std::tie(title, headings, rows, text) <
           std::tie(other.title, other.headings, other.rows, other.text);
}

}  // namespace tidemark::report
