#include "data/download.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <curl/curl.h>
#include <exception>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "base/build_info.hpp"
#include "base/error.hpp"

namespace tidemark::data {
namespace {

constexpr long kMostRedirects = 10;
constexpr int kMostAttempts = 20;
constexpr long kOk = 200;
constexpr long kPartialContent = 206;
constexpr long kRangeNotSatisfiable = 416;
constexpr long kSecondsToConnect = 30;
constexpr long kSecondsOfSilence = 60;
constexpr const char* kWayOut = "--from URL names another place, --from FILE what is here already";

void initialise_library() {
    static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (result != CURLE_OK) throw CannotGoOn("libcurl cannot be initialised");
}

bool may_go_on_after(CURLcode code) {
    constexpr std::array kBroken{CURLE_PARTIAL_FILE, CURLE_RECV_ERROR,         CURLE_SEND_ERROR,
                                 CURLE_GOT_NOTHING,  CURLE_OPERATION_TIMEDOUT, CURLE_HTTP2_STREAM};
    return std::ranges::find(kBroken, code) != kBroken.end();
}

/// One request for the rest of a file.
class Transfer {
  public:
    Transfer(const RemoteFile& file, const std::string& url, PartialFile& part, DownloadObserver& observer)
        : file_(file),
          url_(url),
          part_(part),
          observer_(observer),
          handle_(curl_easy_init(), curl_easy_cleanup) {
        if (!handle_) throw CannotGoOn("libcurl cannot be used");
        set(CURLOPT_URL, url.c_str());
        set(CURLOPT_USERAGENT, fmt::format("tidemark/{}", version()).c_str());
        set(CURLOPT_ERRORBUFFER, message_.data());
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_FAILONERROR, 1L);
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, kMostRedirects);
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
        set(CURLOPT_CONNECTTIMEOUT, kSecondsToConnect);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, kSecondsOfSilence);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_WRITEFUNCTION, &Transfer::take_bytes);
        set(CURLOPT_XFERINFODATA, this);
        set(CURLOPT_XFERINFOFUNCTION, &Transfer::watch);
        set(CURLOPT_NOPROGRESS, 0L);
        if (part.size() > 0) set(CURLOPT_RANGE, fmt::format("{}-", part.size()).c_str());
    }

    /// Whether the file is whole now; if not, the connection broke, and may be taken up again. Throws
    /// where it may not.
    bool perform() {
        const CURLcode code = curl_easy_perform(handle_.get());
        if (failure_) std::rethrow_exception(failure_);
        if (code == CURLE_ABORTED_BY_CALLBACK) {
            throw Error(ExitCode::Interrupted,
                        fmt::format("interrupted; {} of {}'s {} bytes are kept, and the same command goes on "
                                    "from there",
                                    part_.size(), file_.name(), file_.size));
        }
        if (code == CURLE_OK) {
            if (part_.size() == file_.size) return true;
            refuse_other_size(part_.size());
        }
        if (response() == kRangeNotSatisfiable) refuse_other_size(part_.size());
        if (may_go_on_after(code)) return false;
        if (code == CURLE_HTTP_RETURNED_ERROR) {
            throw CannotGoOn(
                fmt::format("{}: the server answers with the error {}; {}", url_, response(), kWayOut));
        }
        if (code == CURLE_TOO_MANY_REDIRECTS) {
            throw CannotGoOn(fmt::format("{} was redirected {} times, and leads nowhere; {}", url_,
                                         kMostRedirects, kWayOut));
        }
        throw CannotGoOn(fmt::format("cannot fetch {}: {}; {}", url_, reason(code), kWayOut));
    }

    std::string reason(CURLcode code) const {
        return message_[0] != '\0' ? message_.data() : curl_easy_strerror(code);
    }
    std::string reason() const { return message_.data(); }

  private:
    template <typename Argument>
    void set(CURLoption option, Argument argument) {
        if (curl_easy_setopt(handle_.get(), option, argument) != CURLE_OK)
            throw CannotGoOn(fmt::format("libcurl is too old or lacks a part: it refuses option {}",
                                         static_cast<int>(option)));
    }

    long response() const {
        long code = 0;
        curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
        return code;
    }

    static std::size_t take_bytes(const char* bytes, std::size_t, std::size_t count, void* self) {
        return static_cast<Transfer*>(self)->take(std::span(bytes, count));
    }

    /// Nothing may be thrown through libcurl: a failure is kept, and less than all of the bytes taken.
    std::size_t take(std::span<const char> bytes) {
        try {
            if (!begun_) begin();
            begun_ = true;
            if (part_.size() + static_cast<std::int64_t>(bytes.size()) > file_.size)
                refuse_other_size(std::nullopt);
            part_.append(bytes);
            return bytes.size();
        } catch (...) {
            failure_ = std::current_exception();
            return 0;
        }
    }

    /// What the answer says of itself, before its first byte is taken.
    void begin() {
        if (response() == kOk && part_.size() > 0) {
            observer_.note(fmt::format(
                "{}: the server cannot go on in the middle; once more from the beginning", file_.name()));
            part_.begin_anew();
        }
        curl_off_t length = -1;
        curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        const std::int64_t before = response() == kPartialContent ? part_.size() : 0;
        if (length >= 0 && before + length != file_.size) refuse_other_size(before + length);
    }

    static int watch(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        Transfer& transfer = *static_cast<Transfer*>(self);
        try {
            transfer.observer_.progress(transfer.file_, transfer.part_.size());
        } catch (...) {
            transfer.failure_ = std::current_exception();
            return 1;
        }
        return transfer.observer_.wants_to_stop() ? 1 : 0;
    }

    /// `size`: nothing where it has more bytes than it should, however many.
    [[noreturn]] void refuse_other_size(std::optional<std::int64_t> size) {
        part_.begin_anew();
        throw CannotGoOn(
            fmt::format("{} has {} bytes, but {} has {}: it is another file; {}", url_,
                        size ? fmt::format("{}", *size) : fmt::format("more than {}", file_.size),
                        file_.name(), file_.size, kWayOut));
    }

    const RemoteFile& file_;
    const std::string& url_;
    PartialFile& part_;
    DownloadObserver& observer_;
    std::array<char, CURL_ERROR_SIZE> message_{};
    bool begun_ = false;
    std::exception_ptr failure_;
    std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

}  // namespace

void download(const RemoteFile& file, const std::string& url, PartialFile& part, DownloadObserver& observer,
              Seconds pause_before_next_attempt) {
    initialise_library();
    if (part.size() > file.size) part.begin_anew();
    for (int attempt = 1; part.size() < file.size; ++attempt) {
        const std::int64_t before = part.size();
        Transfer transfer(file, url, part, observer);
        if (transfer.perform()) return;
        const std::string broken = fmt::format("the connection broke after {} of {} bytes ({})", part.size(),
                                               file.size, transfer.reason());
        if (part.size() <= before || attempt == kMostAttempts) {
            throw CannotGoOn(fmt::format("{}: {}; what came is kept, and the same command goes on from there",
                                         url, broken));
        }
        observer.note(fmt::format("{}: {}; going on from there", file.name(), broken));
        std::this_thread::sleep_for(std::chrono::duration<double>(pause_before_next_attempt.value));
    }
}

void require_url(const std::string& url) {
    if (url.starts_with("http://") || url.starts_with("https://")) return;
    throw UsageError(
        fmt::format("--from {}: there is no such file, and as an address it has to begin with http:// or "
                    "https://",
                    url));
}

}  // namespace tidemark::data
