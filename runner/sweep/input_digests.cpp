#include "sweep/input_digests.hpp"

#include <cerrno>

#include <fmt/format.h>

#include "base/error.hpp"
#include "sweep/canonical_text.hpp"
#include "sweep/identity.hpp"

namespace tidemark::sweep {
namespace {

/// Adds up what the files of one entry are.
class ListingText {
  public:
    ListingText(bool by_content, FileDigests& digests) : by_content_(by_content), digests_(digests) {
        text_.add(by_content ? "by content" : "by names, sizes and times");
    }

    void add(const std::string& name, const FoundInput& found, std::string& problem) {
        text_.add(name);
        switch (found.kind) {
            case FoundInput::Kind::File:
                add_file(found, problem);
                return;
            case FoundInput::Kind::Link:
                text_.add("link").add(found.target);
                return;
            case FoundInput::Kind::Absent:
                text_.add("absent");
                return;
            case FoundInput::Kind::Special:
                text_.add("special");
                return;
        }
    }

    Digest digest() const { return digest_of(text_.text()); }

  private:
    void add_file(const FoundInput& found, std::string& problem) {
        if (!by_content_) {
            text_.add("size", found.size).add("changed", found.changed_s).add("ns", found.changed_ns);
            return;
        }
        if (const auto digest = digests_.of(found.path))
            text_.add("content").add(to_text(*digest));
        else if (problem.empty())
            problem = fmt::format("cannot read {}: {}", found.path.string(), errno_text(errno));
    }

    bool by_content_;
    FileDigests& digests_;
    CanonicalText text_;
};

InputDigest digest_of_listing(const std::string& entry, const InputListing& listing, FileDigests& digests) {
    InputDigest out;
    out.problem = listing.problem;
    out.is_one_file = listing.is_one_file;
    if (!out.problem.empty()) return out;
    out.files = listing.files.size();
    out.size = listing.size;
    out.by_content = listing.size <= kMostToRead || entry == kTrackedByGit || listing.is_one_file;
    ListingText text(out.by_content, digests);
    for (const auto& [name, found] : listing.files) text.add(name, found, out.problem);
    if (listing.is_one_file && out.problem.empty())
        out.digest = to_text(*digests.of(listing.files.begin()->second.path));
    else
        out.digest = to_text(text.digest());
    return out;
}

std::string described(const std::string& entry, const InputDigest& input) {
    if (input.is_one_file) return fmt::format("inputs: {}: by content", entry);
    return fmt::format("inputs: {}: {} file{}, {}, by {}", entry, input.files, input.files == 1 ? "" : "s",
                       to_text(input.size), input.by_content ? "content" : "names, sizes and times");
}

}  // namespace

const InputDigest& InputDigests::of(const std::string& entry, FileDigests& digests) {
    const auto [known, is_new] = known_.try_emplace(entry);
    if (!is_new) return known->second;
    const InputListing listing = list_input(entry, folder_, left_out_, names_);
    for (const auto& [name, found] : listing.files) files_.insert(found.path.native());
    known->second = digest_of_listing(entry, listing, digests);
    return known->second;
}

std::vector<std::string> InputDigests::descriptions() const {
    std::vector<std::string> sentences;
    for (const auto& [entry, input] : known_)
        sentences.push_back(input.problem.empty() ? described(entry, input) : "inputs: " + input.problem);
    return sentences;
}

std::vector<std::string> InputDigests::notes() const {
    std::vector<std::string> sentences;
    for (const auto& [entry, input] : known_) {
        if (input.by_content) continue;
        sentences.push_back(fmt::format(
            "inputs: {} has {} files of {}: they are known by their names, sizes and times, not by "
            "content, which is read up to {}",
            entry, input.files, to_text(input.size), to_text(kMostToRead)));
    }
    return sentences;
}

}  // namespace tidemark::sweep
