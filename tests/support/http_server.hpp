#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace tidemark::test {

/// What a client asked for.
struct HttpRequest {
    std::string path;
    std::optional<std::int64_t> from;  ///< of `Range: bytes=FROM-`
};

/// A server of HTTP on a free port of this machine. What it sends is up to the test, byte for byte, so that
/// it can lie and break off.
class HttpServer {
  public:
    using Answer = std::function<std::string(const HttpRequest&)>;
    /// After each answer the connection is closed.
    explicit HttpServer(Answer answer);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer();

    std::string url(const std::string& path) const;
    std::vector<HttpRequest> requests() const;

  private:
    void serve();
    void answer(int connection);

    Answer answer_;
    int socket_ = -1;
    int stop_ = -1;
    int port_ = 0;
    mutable std::mutex mutex_;
    std::vector<HttpRequest> requests_;
    std::thread thread_;
};

/// `HTTP/1.1 STATUS`, the headers, each with its line end, and the body.
std::string http_answer(const std::string& status, const std::string& headers, const std::string& body);

/// A good answer: the content, or the rest of it where that was asked for.
std::string http_content(const HttpRequest& request, const std::string& content);

}  // namespace tidemark::test
