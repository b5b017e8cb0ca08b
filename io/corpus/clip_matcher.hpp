#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/corpus/metadata.hpp"

namespace sslslr::io {

/// Matches clips with the metadata entries that name them. Names are compared without "./" and extension,
/// with '/' for '\', and in one Unicode form. An entry names the clip of equal name or, if there is none, a
/// clip whose name ends in the entry's or the reverse ("a/b/1" and "b/1").  If no entry of the list matches
/// like this, the longest common end decides ("x/b/1" and "y/b/1").
class ClipMatcher {
public:
    /// All arguments must outlive this. Entries of equal name form a group.
    /// @throws DataError  an entry could name several clips, or a clip several entries
    ClipMatcher(const std::filesystem::path& path, const std::vector<Metadata::Entry>& entries,
                const std::vector<ListedClip>& clips);

    static constexpr auto none = static_cast<std::size_t>(-1);

    /// Returns the group of entries of each clip, or none.
    const std::vector<std::size_t>& group_of_clip() const noexcept { return group_of_clip_; }
    /// Returns the numbers of the entries of a group.
    const std::vector<std::size_t>& group(std::size_t number) const { return groups_[number].entries; }
    std::size_t groups() const noexcept { return groups_.size(); }
    std::size_t matched_clips() const noexcept { return matched_; }
    /// Returns how many of the matched clips have a name equal to the entry's, not only at the end.
    std::size_t equal_clips() const noexcept { return equal_; }

private:
    struct Group {
        std::string name;        ///< in the form in which names are compared
        std::string short_name;  ///< without extension of any kind
        std::vector<std::size_t> entries;
    };
    struct Match {
        std::size_t group = none;
        int distance = 0;  ///< 0: equal names; larger: a weaker match
    };

    void add_groups();
    Match strict_match(const std::string& name) const;
    Match loose_match(const std::string& name) const;
    Match entry_ending_in(const std::string& name) const;
    std::vector<Match> strict_matches() const;
    void keep_closest(std::vector<Match> matches, bool refuses_ties);
    [[noreturn]] void refuse_tie(std::size_t group, const std::vector<std::size_t>& clips) const;

    const std::filesystem::path& path_;
    const std::vector<Metadata::Entry>& entries_;
    const std::vector<ListedClip>& clips_;
    std::vector<Group> groups_;
    std::unordered_map<std::string, std::size_t> by_name_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_short_name_;  ///< without extension
    std::unordered_map<std::string, std::vector<std::size_t>> by_last_part_;   ///< of the short name
    std::vector<std::size_t> group_of_clip_;
    std::size_t matched_ = 0;
    std::size_t equal_ = 0;
};

/// Merges equal entries of one clip and removes entries without a name. Both are noted in the metadata.
/// @throws DataError  entries of the same frames of a clip differ in label or signer, or entries that share
///                    frames differ in their splits; names the clip and both places
void merge_repeats(Metadata& metadata, const std::filesystem::path& path);

/// Returns the first few names, for a message: "a, b, c, ...".
std::string examples(const std::vector<std::string>& names);

}  // namespace sslslr::io
