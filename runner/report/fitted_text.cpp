#include "report/fitted_text.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "report/short_texts.hpp"
#include "terminal/display_text.hpp"
#include "terminal/wrapping.hpp"

namespace tidemark::report {
namespace {

using terminal::display_width;
using Lines = std::vector<std::string>;

constexpr std::size_t kGap = 2;
constexpr std::size_t kNarrowestText = 12;  // below it a row is read better as a block
constexpr const char* kNothing = "–";
constexpr const char* kLeftOut = "Left out for want of room: what stands in parentheses; --wide shows it.";

// https://www.ecma-international.org/publications-and-standards/standards/ecma-48/: SGR
constexpr const char* kGreen = "\x1b[32m";
constexpr const char* kRed = "\x1b[31m";
constexpr const char* kYellow = "\x1b[33m";
constexpr const char* kBold = "\x1b[1m";
constexpr const char* kPlain = "\x1b[0m";

class FittedTable {
  public:
    FittedTable(const Table& source, const Screen& screen, std::ostream& out)
        : table_(with_short_texts(source)), screen_(screen), out_(out) {
        show(table_);
    }

    void render() {
        const bool has_headings =
            std::ranges::any_of(shown_.columns, [](const auto& column) { return !column.heading.empty(); });
        const bool fits = fit(has_headings);
        write_title(has_headings);
        if (has_headings) write_shared();
        if (fits)
            write_rows(has_headings);
        else
            write_blocks();
        if (!table_.notes.empty()) out_ << '\n';
        for (const std::string& note : table_.notes) write_wrapped(terminal::visible(note));
    }

  private:
    void show(const Table& table) {
        shown_ = present(table, Digits::Three);
        kept_.clear();
        shared_.clear();
        choose_columns();
    }

    /// Chooses what is shown so that rows stand below each other, which is how figures are compared: all of
    /// it, or all but the ranges of repeats. False: neither fits, and all of it is shown.
    bool fit(bool has_headings) {
        if (fits(has_headings)) return true;
        Table without = table_;
        bool has_ranges = false;
        for (auto& row : without.rows) {
            for (Cell& cell : row) {
                has_ranges = has_ranges || cell.interval;
                cell.interval.reset();
            }
        }
        if (!has_ranges) return false;
        show(without);
        if (fits(has_headings)) {
            table_.notes.insert(table_.notes.begin(), kLeftOut);
            return true;
        }
        show(table_);
        return false;
    }

    void write_wrapped(const std::string& text) {
        for (const std::string& line : terminal::wrapped(text, screen_.width)) out_ << line << '\n';
    }

    void write_title(bool has_headings) {
        if (table_.title.empty()) return;
        for (const std::string& line : terminal::wrapped(terminal::visible(table_.title), screen_.width))
            out_ << (screen_.colours ? kBold + line + kPlain : line) << '\n';
        if (has_headings) out_ << '\n';
    }

    bool is_same_in_all(std::size_t column) const {
        return std::ranges::all_of(shown_.rows,
                                   [&](const auto& row) { return row[column] == shown_.rows[0][column]; });
    }

    /// What says nothing of a single row stands above all of them, or nowhere.
    void choose_columns() {
        for (std::size_t column = 0; column < shown_.columns.size(); ++column) {
            const bool is_first = column == 0 || shown_.columns[column].heading.empty();
            const bool is_shared = !is_first && shown_.rows.size() > 1 && is_same_in_all(column);
            if (!is_shared) {
                kept_.push_back(column);
                continue;
            }
            const std::string& text = shown_.rows[0][column];
            if (!text.empty() && text != kNothing) shared_.push_back(column);
        }
    }

    void write_shared() {
        if (shared_.empty()) return;
        std::string text = "in all rows:";
        for (const std::size_t column : shared_) {
            text += (column == shared_.front() ? " " : ", ") + shown_.columns[column].heading + " " +
                    shown_.rows[0][column];
        }
        write_wrapped(text);
        out_ << '\n';
    }

    std::size_t widest_cell(std::size_t column) const {
        std::size_t width = 0;
        for (const auto& row : shown_.rows) width = std::max(width, display_width(row[column]));
        return width;
    }

    std::size_t total() const {
        std::size_t sum = kept_.empty() ? 0 : kGap * (kept_.size() - 1);
        for (const std::size_t width : widths_) sum += width;
        return sum;
    }

    /// Finds widths that do: first as wide as all is, then with wrapped headings, then with wrapped texts.
    bool fits(bool has_headings) {
        widths_.clear();
        for (const std::size_t column : kept_)
            widths_.push_back(std::max(display_width(shown_.columns[column].heading), widest_cell(column)));
        if (total() <= screen_.width) return true;
        std::vector<std::size_t> least(kept_.size());
        for (std::size_t i = 0; i < kept_.size(); ++i) {
            const std::size_t word = terminal::longest_word(shown_.columns[kept_[i]].heading);
            const std::size_t cells = widest_cell(kept_[i]);
            const bool may_wrap =
                !shown_.columns[kept_[i]].numeric && (has_headings || i + 1 == kept_.size());
            widths_[i] = std::max(word, cells);
            least[i] = may_wrap ? std::max(word, std::min(cells, kNarrowestText)) : widths_[i];
        }
        while (total() > screen_.width) {
            std::size_t widest = kept_.size();
            for (std::size_t i = 0; i < kept_.size(); ++i) {
                if (widths_[i] > least[i] && (widest == kept_.size() || widths_[i] > widths_[widest]))
                    widest = i;
            }
            if (widest == kept_.size()) return !has_headings;  // facts have no other form
            --widths_[widest];
        }
        return true;
    }

    std::string painted(const std::string& text, const Cell& cell) const {
        if (!screen_.colours || text.find_first_not_of(' ') == std::string::npos) return text;
        const char* colour = cell.tone == Tone::Good        ? kGreen
                             : cell.tone == Tone::Bad       ? kRed
                             : cell.disturbed || cell.doubt ? kYellow
                                                            : nullptr;
        return colour == nullptr ? text : colour + text + kPlain;
    }

    /// The fields beside each other, each in as many lines as it takes; `at_the_end`: the last lines are
    /// level.
    void write_line(const std::vector<Lines>& fields, const std::vector<Cell>* cells, bool at_the_end) {
        std::size_t height = 0;
        for (const Lines& field : fields) height = std::max(height, field.size());
        for (std::size_t line = 0; line < height; ++line) {
            std::string text, plain;
            for (std::size_t i = 0; i < fields.size(); ++i) {
                const std::size_t above = at_the_end ? height - fields[i].size() : 0;
                const bool has = line >= above && line - above < fields[i].size();
                std::string field = terminal::padded(has ? fields[i][line - above] : std::string(),
                                                     widths_[i], shown_.columns[kept_[i]].numeric);
                if (i + 1 == fields.size()) field.erase(field.find_last_not_of(' ') + 1);
                if (i > 0) text += std::string(kGap, ' ');
                text += cells == nullptr ? field : painted(field, (*cells)[kept_[i]]);
            }
            if (!screen_.colours) text.erase(text.find_last_not_of(' ') + 1);
            out_ << text << '\n';
        }
    }

    void write_rows(bool has_headings) {
        std::vector<Lines> headings;
        for (std::size_t i = 0; i < kept_.size(); ++i)
            headings.push_back(terminal::wrapped(shown_.columns[kept_[i]].heading, widths_[i]));
        if (has_headings) write_line(headings, nullptr, true);
        for (std::size_t column = 0; column < std::min(total(), screen_.width); ++column) out_ << "─";
        out_ << '\n';
        for (std::size_t row = 0; row < shown_.rows.size(); ++row) {
            std::vector<Lines> fields;
            for (std::size_t i = 0; i < kept_.size(); ++i)
                fields.push_back(terminal::wrapped(shown_.rows[row][kept_[i]], widths_[i]));
            write_line(fields, &table_.rows[row], false);
        }
    }

    /// One row after the other, a line for each field: its heading and what it says.
    void write_blocks() {
        std::size_t label = 0;
        for (const std::size_t column : kept_)
            label = std::max(label, display_width(shown_.columns[column].heading));
        label = std::min(label, screen_.width / 2);
        const std::size_t room = screen_.width - std::min(screen_.width - 1, label + kGap);
        for (std::size_t row = 0; row < shown_.rows.size(); ++row) {
            if (row > 0) out_ << '\n';
            for (const std::size_t column : kept_) {
                const Lines texts = terminal::wrapped(shown_.rows[row][column], room);
                const Lines labels = terminal::wrapped(shown_.columns[column].heading, label);
                for (std::size_t line = 0; line < std::max(texts.size(), labels.size()); ++line) {
                    std::string text =
                        terminal::padded(line < labels.size() ? labels[line] : "", label, false);
                    if (line < texts.size())
                        text += std::string(kGap, ' ') + painted(texts[line], table_.rows[row][column]);
                    if (!screen_.colours) text.erase(text.find_last_not_of(' ') + 1);
                    out_ << text << '\n';
                }
            }
        }
    }

    Table table_;
    Presentation shown_;
    const Screen& screen_;
    std::ostream& out_;
    std::vector<std::size_t> kept_;    ///< columns that rows show
    std::vector<std::size_t> shared_;  ///< columns that are told above them
    std::vector<std::size_t> widths_;  ///< of the kept ones
};

}  // namespace

void render_fitted(const Table& table, const Screen& screen, std::ostream& out) {
    FittedTable(table, screen, out).render();
}

void render_fitted(const Document& document, const Screen& screen, std::ostream& out) {
    const auto write = [&](const std::string& text) {
        for (const std::string& line : terminal::wrapped(terminal::visible(text), screen.width))
            out << line << '\n';
    };
    write(document.title);
    const std::size_t width = display_width(terminal::visible(document.title));
    for (std::size_t column = 0; column < std::min(width, screen.width); ++column) out << "═";
    out << '\n';
    if (!document.description.empty()) write(document.description);
    for (const Note& note : document.notes) write(note.text);
    for (const Table& table : document.tables) {
        out << '\n';
        render_fitted(table, screen, out);
    }
    std::string origin;
    for (const auto& [name, value] : document.origin)
        origin += (origin.empty() ? "" : "; ") + translated(name, document.language) + " " + value;
    if (origin.empty()) return;
    out << '\n';
    write(origin);
}

}  // namespace tidemark::report
