#include "report/document.hpp"

namespace tidemark::report {

void render_html(const Table& table, std::ostream& out) {
    render_html_document(document_of({table}), out);
}

}  // namespace tidemark::report
