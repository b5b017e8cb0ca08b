#include "io/corpus/clip_matcher.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"
#include "io/file/unicode_form.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

/// Returns a name with a single '/' between its parts: without "./" and leading '/', and with '/' for '\'.
std::string plain_path(std::string name) {
    std::ranges::replace(name, '\\', '/');
    std::string result;
    for (std::size_t begin = 0; begin < name.size();) {
        const auto end = std::min(name.find('/', begin), name.size());
        const auto part = std::string_view{name}.substr(begin, end - begin);
        if (!part.empty() && part != ".") {
            result += (result.empty() ? "" : "/") + std::string{part};
        }
        begin = end + 1;
    }
    return result;
}

std::size_t extension_of(const std::string& name) {
    const auto begin = name.rfind('/') + 1;  // npos + 1 is 0
    const auto dot = name.rfind('.');
    return dot == std::string::npos || dot <= begin ? name.size() : dot;
}

/// Returns the form in which names are compared: that of "./A.MP4" is "A".
std::string compared_name(const std::string& name) {
    static constexpr std::array known{".mp4", ".avi", ".mkv",  ".mov", ".webm",   ".mpg",     ".m4v",
                                      ".npy", ".npz", ".pose", ".pkl", ".pickle", ".parquet", ".json"};
    auto path = decomposed(plain_path(name));
    const auto end = extension_of(path);
    if (std::ranges::find(known, lower_case(path.substr(end))) != known.end()) {
        path.resize(end);
    }
    return path;
}

std::string short_name(const std::string& name) {
    return name.substr(0, extension_of(name));
}

std::string last_part(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

bool ends_in_path(const std::string& name, const std::string& end) {
    return name.size() > end.size() && name.ends_with(end) && name[name.size() - end.size() - 1] == '/';
}

/// Returns how many parts at the ends of two paths are equal.
int common_parts(const std::string& a, const std::string& b) {
    const auto [x, y] = std::mismatch(a.rbegin(), a.rend(), b.rbegin(), b.rend());
    const auto equal = static_cast<int>(std::count(a.rbegin(), x, '/'));
    const bool is_whole = (x == a.rend() || *x == '/') && (y == b.rend() || *y == '/');
    return equal + (is_whole ? 1 : 0);
}

bool share_frames(const Metadata::Entry& a, const Metadata::Entry& b) {
    const auto ends_before = [](const Metadata::Entry& first, const Metadata::Entry& second) {
        return first.end_frame >= 0 && first.end_frame <= second.first_frame;
    };
    return !ends_before(a, b) && !ends_before(b, a);
}

bool have_same_frames(const Metadata::Entry& a, const Metadata::Entry& b) {
    return a.first_frame == b.first_frame && a.end_frame == b.end_frame;
}

std::string quoted(const std::optional<std::string>& text) {
    return !text || text->empty() ? "none" : "'" + *text + "'";
}

/// Returns how two entries of one clip contradict each other: "the labels 'a' and 'b'"; empty if they do not.
std::string contradiction(const Metadata::Entry& a, const Metadata::Entry& b) {
    const bool are_same = have_same_frames(a, b);
    if (are_same && a.label != b.label) {
        return fmt::format("the labels {} and {}", quoted(a.label), quoted(b.label));
    }
    if (are_same && a.signer != b.signer) {
        return fmt::format("the signers {} and {}", quoted(a.signer), quoted(b.signer));
    }
    if (share_frames(a, b) && a.splits != b.splits) {
        return fmt::format("the splits {} and {}{}",
                           a.splits.empty() ? "none" : fmt::format("'{}'", fmt::join(a.splits, "', '")),
                           b.splits.empty() ? "none" : fmt::format("'{}'", fmt::join(b.splits, "', '")),
                           are_same ? "" : " for frames they share");
    }
    return "";
}

}  // namespace

std::string examples(const std::vector<std::string>& names) {
    constexpr std::size_t most = 3;
    const auto shown_names =
        std::vector(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(most, names.size())));
    return fmt::format("{}{}", fmt::join(shown_names, ", "), names.size() > most ? ", ..." : "");
}

void merge_repeats(Metadata& metadata, const std::filesystem::path& path) {
    std::unordered_map<std::string, std::vector<std::size_t>> kept_of_clip;
    std::vector<Metadata::Entry> kept;
    std::vector<std::string> repeated;
    std::vector<std::string> nameless;
    for (auto& entry : metadata.entries) {
        if (entry.clip.empty()) {
            nameless.push_back(entry.where);
            continue;
        }
        auto& others = kept_of_clip[compared_name(entry.clip)];
        bool is_repeat = false;
        for (const auto number : others) {
            const auto& other = kept[number];
            if (const auto what = contradiction(other, entry); !what.empty()) {
                throw DataError{
                    path, fmt::format(
                              "expected each clip once, found '{}' with {}: {} and {}; leave one of them out",
                              entry.clip, what, other.where, entry.where)};
            }
            is_repeat = is_repeat || have_same_frames(other, entry);
        }
        if (is_repeat) {
            repeated.push_back(entry.where);
        } else {
            others.push_back(kept.size());
            kept.push_back(std::move(entry));
        }
    }
    metadata.entries = std::move(kept);
    if (!repeated.empty()) {
        metadata.notes.push_back(
            fmt::format("{} rows of the metadata repeat another row and are used once: {}", repeated.size(),
                        examples(repeated)));
    }
    if (!nameless.empty()) {
        metadata.notes.push_back(
            fmt::format("{} rows of the metadata name no clip: {}", nameless.size(), examples(nameless)));
    }
}

ClipMatcher::ClipMatcher(const std::filesystem::path& path, const std::vector<Metadata::Entry>& entries,
                         const std::vector<ListedClip>& clips)
    : path_{path}, entries_{entries}, clips_{clips}, group_of_clip_(clips.size(), none) {
    add_groups();
    keep_closest(strict_matches(), true);
    if (matched_ == 0) {
        std::vector<Match> loose;
        for (const auto& clip : clips_) {
            loose.push_back(loose_match(compared_name(clip.name)));
        }
        keep_closest(std::move(loose), false);
    }
}

void ClipMatcher::add_groups() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        auto name = compared_name(entries_[i].clip);
        const auto [place, is_new] = by_name_.emplace(name, groups_.size());
        if (is_new) {
            auto shorter = short_name(name);
            by_short_name_[shorter].push_back(groups_.size());
            by_last_part_[last_part(shorter)].push_back(groups_.size());
            groups_.push_back({.name = std::move(name), .short_name = std::move(shorter), .entries = {}});
        }
        groups_[place->second].entries.push_back(i);
    }
}

ClipMatcher::Match ClipMatcher::entry_ending_in(const std::string& name) const {
    std::vector<std::size_t> found;
    // A dot in the clip's last part need not begin an extension: "MVI_1.a".
    for (const auto& part : std::set{last_part(name), last_part(short_name(name))}) {
        const auto place = by_last_part_.find(part);
        for (const auto group : place == by_last_part_.end() ? std::vector<std::size_t>{} : place->second) {
            if (ends_in_path(groups_[group].name, name) || ends_in_path(groups_[group].short_name, name)) {
                found.push_back(group);
            }
        }
    }
    if (found.size() > 1) {
        const auto& first = entries_[groups_[found[0]].entries.front()];
        const auto& second = entries_[groups_[found[1]].entries.front()];
        throw DataError{path_,
                        fmt::format("the clip '{}' could be '{}' ({}) or '{}' ({}): import the folder in "
                                    "which these paths start, or write the clips' full paths in the list",
                                    shown(name), first.clip, first.where, second.clip, second.where)};
    }
    return found.empty() ? Match{} : Match{.group = found.front(), .distance = 2};
}

ClipMatcher::Match ClipMatcher::strict_match(const std::string& name) const {
    if (const auto place = by_name_.find(name); place != by_name_.end()) {
        return {.group = place->second, .distance = 0};
    }
    if (const auto place = by_short_name_.find(name);
        place != by_short_name_.end() && place->second.size() == 1) {
        return {.group = place->second.front(), .distance = 1};
    }
    if (const auto longer = entry_ending_in(name); longer.group != none) {
        return longer;
    }
    for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        const auto end = name.substr(slash + 1);
        if (const auto place = by_name_.find(end); place != by_name_.end()) {
            return {.group = place->second, .distance = 2};
        }
        if (const auto place = by_short_name_.find(end);
            place != by_short_name_.end() && place->second.size() == 1) {
            return {.group = place->second.front(), .distance = 2};
        }
    }
    return {};
}

ClipMatcher::Match ClipMatcher::loose_match(const std::string& name) const {
    const auto shorter = short_name(name);
    const auto place = by_last_part_.find(last_part(shorter));
    if (place == by_last_part_.end()) {
        return {};
    }
    Match best;
    int longest = 0;
    for (const auto group : place->second) {
        const auto common = common_parts(groups_[group].short_name, shorter);
        if (common >= longest) {
            best = common == longest ? Match{} : Match{.group = group, .distance = -common};
            longest = common;
        }
    }
    return best;
}

std::vector<ClipMatcher::Match> ClipMatcher::strict_matches() const {
    std::vector<Match> matches;
    for (const auto& clip : clips_) {
        matches.push_back(strict_match(compared_name(clip.name)));
    }
    return matches;
}

/// Keeps, for each group, the closest of the clips that it could name; none if several are equally close.
/// @param refuses_ties  whether equally close clips are an error
void ClipMatcher::keep_closest(std::vector<Match> matches, bool refuses_ties) {
    std::map<std::size_t, std::vector<std::size_t>>
        takers;  // ordered, so that all ranks report the same group
    for (std::size_t clip = 0; clip < matches.size(); ++clip) {
        if (matches[clip].group == none) {
            continue;
        }
        auto& closest = takers[matches[clip].group];
        if (!closest.empty() && matches[clip].distance < matches[closest.front()].distance) {
            closest.clear();
        }
        if (closest.empty() || matches[clip].distance == matches[closest.front()].distance) {
            closest.push_back(clip);
        }
    }
    for (const auto& [group, closest] : takers) {
        if (closest.size() == 1) {
            group_of_clip_[closest.front()] = group;
            ++matched_;
            equal_ += refuses_ties && matches[closest.front()].distance < 2 ? 1 : 0;
        } else if (refuses_ties) {
            refuse_tie(group, closest);
        }
    }
}

void ClipMatcher::refuse_tie(std::size_t group, const std::vector<std::size_t>& clips) const {
    const auto& entry = entries_[groups_[group].entries.front()];
    throw DataError{
        path_,
        fmt::format(
            "'{}' ({}) could be the clip '{}' or '{}': write more of its path, or import them separately",
            entry.clip, entry.where, shown(clips_[clips[0]].name), shown(clips_[clips[1]].name))};
}

}  // namespace sslslr::io
