#pragma once

#include <cstddef>
#include <ostream>
#include <vector>

#include "report/escaping.hpp"
#include "report/table.hpp"

namespace tidemark::report {

/// A table for machines that is written row by row and never stands in memory as a whole.
class RowStream {
  public:
    RowStream(std::vector<Column> columns, std::ostream& out) : columns_(std::move(columns)), out_(out) {}
    RowStream(const RowStream&) = delete;
    RowStream& operator=(const RowStream&) = delete;
    virtual ~RowStream() = default;

    virtual void add(const std::vector<Cell>& row) = 0;
    virtual void finish() {}

  protected:
    std::vector<Column> columns_;
    std::ostream& out_;
};

/// RFC 4180's quoting, LF line ends, a heading line.
class CsvStream : public RowStream {
  public:
    CsvStream(std::vector<Column> columns, std::ostream& out, CsvTexts texts = CsvTexts::AsTheyAre);
    void add(const std::vector<Cell>& row) override;

  private:
    CsvTexts texts_;
};

/// An array of objects, one per row.
class JsonStream : public RowStream {
  public:
    using RowStream::RowStream;
    void add(const std::vector<Cell>& row) override;
    void finish() override;

  private:
    bool is_empty_ = true;
};

}  // namespace tidemark::report
