#pragma once

#include <string_view>

namespace tidemark::report::page {

// The parts of the HTML report that are files of their own; the build embeds them.
extern const std::string_view kStyle;           ///< page/style.css
extern const std::string_view kScript;          ///< page/page.js
extern const std::string_view kChartLibrary;    ///< third_party/chart.js
extern const std::string_view kLibraryLicence;  ///< its licence, which must go with it

}  // namespace tidemark::report::page
