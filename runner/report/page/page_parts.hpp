#pragma once

#include <string_view>

namespace tidemark::report::page {

// The parts of the HTML report that are files of their own; the build embeds them.
extern const std::string_view kStyle;           ///< page/style.css
extern const std::string_view kStyleOfTables;   ///< page/tables.css
extern const std::string_view kStyleOfPaper;    ///< page/paper.css: small screens and print
extern const std::string_view kChartLibrary;    ///< third_party/chart.js
extern const std::string_view kLibraryLicence;  ///< its licence, which must go with it

// The script, in the order in which its parts use each other:
extern const std::string_view kScriptOfValues;      ///< page/values.js
extern const std::string_view kScriptOfState;       ///< page/state.js
extern const std::string_view kScriptOfFilter;      ///< page/filter.js
extern const std::string_view kScriptOfTables;      ///< page/tables.js
extern const std::string_view kScriptOfAnswer;      ///< page/answer.js
extern const std::string_view kScriptOfDrawer;      ///< page/drawer.js
extern const std::string_view kScriptOfChartParts;  ///< page/chart_parts.js
extern const std::string_view kScriptOfCharts;      ///< page/charts.js
extern const std::string_view kScriptOfCurves;      ///< page/curves.js
extern const std::string_view kScriptOfTimelines;   ///< page/timelines.js
extern const std::string_view kScriptOfStart;       ///< page/start.js

}  // namespace tidemark::report::page
