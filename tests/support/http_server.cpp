#include "support/http_server.hpp"

#include <arpa/inet.h>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tidemark::test {
namespace {

HttpRequest parse(const std::string& head) {
    HttpRequest request;
    const std::size_t begin = head.find(' ') + 1;
    request.path = head.substr(begin, head.find(' ', begin) - begin);
    const std::string name = "\r\nRange: bytes=";
    if (const std::size_t range = head.find(name); range != std::string::npos)
        request.from = std::atoll(head.c_str() + range + name.size());
    return request;
}

}  // namespace

HttpServer::HttpServer(Answer answer)
    : answer_(std::move(answer)),
      socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(eventfd(0, EFD_CLOEXEC)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, generic, size) != 0 || listen(socket_, SOMAXCONN) != 0 ||
        getsockname(socket_, generic, &size) != 0)
        throw std::runtime_error("no port to listen on");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
    eventfd_write(stop_, 1);
    thread_.join();
    close(socket_);
    close(stop_);
}

std::string HttpServer::url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<HttpRequest> HttpServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void HttpServer::serve() {
    while (true) {
        pollfd waiting[]{{socket_, POLLIN, 0}, {stop_, POLLIN, 0}};
        if (poll(waiting, 2, -1) < 0) continue;
        if (waiting[1].revents != 0) return;
        const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        answer(connection);
        close(connection);
    }
}

void HttpServer::answer(int connection) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        char buffer[4096];
        const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
        if (count <= 0) return;
        head.append(buffer, static_cast<std::size_t>(count));
    }
    const HttpRequest request = parse(head);
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
    }
    const std::string text = answer_(request);
    for (std::size_t sent = 0; sent < text.size();) {
        const ssize_t count = send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) return;  // the client has heard enough
        sent += static_cast<std::size_t>(count);
    }
    shutdown(connection, SHUT_WR);
    char rest = 0;
    recv(connection, &rest, 1, 0);  // until the client has taken it all: closing earlier could take it away
}

std::string http_answer(const std::string& status, const std::string& headers, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nConnection: close\r\n" + headers + "\r\n" + body;
}

std::string http_content(const HttpRequest& request, const std::string& content) {
    const auto from = static_cast<std::size_t>(request.from.value_or(0));
    const std::string rest = content.substr(from);
    const std::string length = "Content-Length: " + std::to_string(rest.size()) + "\r\n";
    if (!request.from) return http_answer("200 OK", length, rest);
    const std::string range = "Content-Range: bytes " + std::to_string(from) + "-" +
                              std::to_string(content.size() - 1) + "/" + std::to_string(content.size()) +
                              "\r\n";
    return http_answer("206 Partial Content", length + range, rest);
}

}  // namespace tidemark::test
