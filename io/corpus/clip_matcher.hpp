#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/corpus/metadata.hpp"

namespace sslslr::io {

/// Finds the entry that names a clip. Names are compared without "./", with '/' for '\', without their extension, and in one
/// Unicode form. An entry names the clip whose name it equals; else, where one of both ends in the other ("a/b/1" and
/// "b/1"), that one. Only if no name of the whole list matches so, the longest common end counts ("x/b/1" and "y/b/1").
class ClipMatcher {
public:
    /// @param entries  outlive this; those that follow each other and name one clip make a group
    ClipMatcher(const std::filesystem::path& path, const std::vector<Metadata::Entry>& entries,
                const std::vector<ListedClip>& clips);

    static constexpr auto none = static_cast<std::size_t>(-1);

    /// The group of entries for each clip, or none.
    const std::vector<std::size_t>& group_of_clip() const noexcept { return group_of_clip_; }
    /// Numbers of the entries of a group.
    const std::vector<std::size_t>& group(std::size_t number) const { return groups_[number].entries; }
    std::size_t groups() const noexcept { return groups_.size(); }
    std::size_t matched_clips() const noexcept { return matched_; }
    /// Those of them whose names are equal, not only in their ends.
    std::size_t equal_clips() const noexcept { return equal_; }

private:
    struct Group {
        std::string name;        ///< as compared
        std::string short_name;  ///< without extension of any kind
        std::vector<std::size_t> entries;
    };
    struct Match {
        std::size_t group = none;
        int distance = 0;  ///< 0: equal names; larger: a weaker reason
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

/// Merges equal entries of one clip and notes them; takes out entries without a name and notes them.
/// @throws DataError  entries that differ in label or signer, or that give the same frames to different splits: names
///                    the clip and both places
void merge_repeats(Metadata& metadata, const std::filesystem::path& path);

/// The first few of some names, for a message: "a, b, c, ...".
std::string examples(const std::vector<std::string>& names);

}  // namespace sslslr::io
