#include "io/corpus/listing_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ranges>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/metadata_lists.hpp"
#include "io/corpus/text_table.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"
#include "io/file/setting.hpp"
#include "io/file/unicode_form.hpp"
#include "io/file/utf8.hpp"
#include "io/survey/split_overlaps.hpp"

namespace sslslr::io {
namespace {

void check(const std::filesystem::path& input, const char* what, const std::string& name) {
    if (!is_utf8(name)) {
        throw DataError{
            input,
            fmt::format(
                "expected names in UTF-8, found the {} '{}': rename it in the source, files and folders by "
                "`convmv -f latin1 -t utf8 -r --notest FOLDER` if they were named under Windows",
                what, shown(name))};
    }
}

/// Returns a key equal for names that differ only in case, white space, Unicode form or form of a number.
std::string essence_of(const std::string& name) {
    auto text = lower_case(decomposed(trimmed(name)));
    text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }),
               text.end());
    double number = 0;
    const auto* const end = text.data() + text.size();
    const bool is_number = !text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) != 0 &&
                           std::from_chars(text.data(), end, number).ptr == end;
    return is_number ? fmt::format("{}", number) : text;
}

void note_pairs(const std::set<std::string>& names, const char* what, Listing& listing) {
    std::map<std::string, std::string> first_of_essence;
    std::string pair;
    std::size_t similar = 0;
    for (const auto& name : names) {
        const auto [place, is_new] = first_of_essence.emplace(essence_of(name), name);
        if (!is_new) {
            ++similar;
            pair = pair.empty() ? fmt::format("'{}' and '{}'", place->second, name) : pair;
        }
    }
    if (similar > 0) {
        listing.notes.push_back(
            fmt::format("{} kept apart although they differ only by case, white space, Unicode form or the "
                        "form of a number: {}{}",
                        what, pair, similar > 1 ? fmt::format(", and {} more", similar - 1) : ""));
    }
}

void note_gaps(const std::set<std::string>& names, const char* what, Listing& listing) {
    static constexpr std::array<std::string_view, 6> gaps{"nan", "null", "none", "na", "n/a", "<na>"};
    for (const auto& name : names) {
        if (std::ranges::find(gaps, lower_case(name)) != gaps.end()) {
            listing.notes.push_back(fmt::format(
                "a {} is called '{}': if that stands for an empty cell, leave the cell empty", what, name));
        }
    }
}

}  // namespace

void check_names(const Listing& listing, const std::filesystem::path& input) {
    for (const auto& clip : listing.clips) {
        check(input, "clip", clip.name);
        check(input, "label", clip.label);
        check(input, "signer", clip.signer);
    }
    for (const auto& label : listing.labels) {
        check(input, "label", label);
    }
    for (const auto& [split, clips] : listing.splits) {
        check(input, "split", split);
        checked_split(split, input, "splits");
    }
}

void read_split_folders(Listing& listing) {
    std::map<std::string, std::vector<std::string>> splits;
    bool has_labels = true;  // that differ from the names of the splits
    for (const auto& clip : listing.clips) {
        const auto end = clip.name.find('/');
        const auto top = clip.name.substr(0, end);
        if (end == std::string::npos || role_of(top) == SplitRole::other) {
            return;
        }
        has_labels = has_labels && (clip.label != top || clip.name.find('/', end + 1) != std::string::npos);
        splits[top].push_back(clip.name);
    }
    if (!listing.splits.empty() || splits.empty()) {
        return;
    }
    const auto names = fmt::format("{}", fmt::join(std::views::keys(splits), ", "));
    if (has_labels) {
        listing.splits = std::move(splits);
        listing.notes.push_back("the folders at the top are read as splits: " + names);
    } else {
        listing.notes.push_back(
            fmt::format("the folders at the top have names of splits but are read as labels: {}; expected "
                        "SPLIT/LABEL/CLIP, or a list of labels and splits ({})",
                        names, setting("metadata")));
    }
}

void note_similar_names(Listing& listing) {
    std::set<std::string> labels{listing.labels.begin(), listing.labels.end()};
    std::set<std::string> signers;
    std::set<std::string> splits;
    for (const auto& clip : listing.clips) {
        labels.insert(clip.label);
        signers.insert(clip.signer);
    }
    for (const auto& split : listing.splits) {
        splits.insert(split.first);
    }
    labels.erase("");
    signers.erase("");
    note_pairs(labels, "labels", listing);
    note_pairs(signers, "signers", listing);
    note_pairs(splits, "splits", listing);
    note_gaps(labels, "label", listing);
    note_gaps(signers, "signer", listing);
}

}  // namespace sslslr::io
