#pragma once

#include <string>

#include "base/units.hpp"
#include "data/known_sets.hpp"
#include "data/partial_file.hpp"

namespace tidemark::data {

/// Who watches a download.
class DownloadObserver {
  public:
    virtual ~DownloadObserver() = default;
    virtual void progress(const RemoteFile& file, std::int64_t bytes) = 0;
    virtual void note(const std::string& text) = 0;
    virtual bool wants_to_stop() const = 0;
};

/// Downloads what is missing of the file from the URL. A connection that breaks is taken up again as long as
/// it brings something. Throws CannotGoOn with the place and the way out, and Error(Interrupted).
void download(const RemoteFile& file, const std::string& url, PartialFile& part, DownloadObserver& observer,
              Seconds pause_before_next_attempt);

/// Throws UsageError where it is neither http:// nor https://.
void require_url(const std::string& url);

}  // namespace tidemark::data
