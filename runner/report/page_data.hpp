#pragma once

#include <string>
#include <string_view>

#include "report/document.hpp"

namespace tidemark::report {

/// What the page's script knows of the document beside the tables that stand in it, as JSON. No `<` is in it,
/// so that nothing can end the element that holds it.
std::string page_data(const Document& document);

/// The sections that the runs' drawers show, read only when the first one is opened.
std::string page_details(const Document& document);

}  // namespace tidemark::report
