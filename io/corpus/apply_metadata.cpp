#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/clip_matcher.hpp"
#include "io/corpus/metadata.hpp"
#include "io/file/counted.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

/// Reads sign and signer from a name SSS_GGG_RRR: sign, signer and repetition, each from 1.
/// @return whether the clip's name has that form
bool read_lsa64_name(const Metadata& metadata, ListedClip& clip) {
    static const std::regex form{R"((?:.*/)?(\d{3})_(\d{3})_(\d{3}))"};
    const auto end = clip.name.substr(clip.name.size() - std::min<std::size_t>(clip.name.size(), 100));
    std::smatch found;
    if (!std::regex_match(end, found, form)) {
        return false;
    }
    const auto name = metadata.label_names.find(found[1]);
    clip.label = name == metadata.label_names.end() ? found[1].str() : name->second;
    clip.signer = "signer" + found[2].str();
    return true;
}

void apply_lsa64(const Metadata& metadata, const fs::path& path, Listing& listing) {
    std::vector<std::string> strangers;
    for (auto& clip : listing.clips) {
        if (!read_lsa64_name(metadata, clip)) {
            strangers.push_back(shown(clip.name));
        }
    }
    if (strangers.size() == listing.clips.size() && !strangers.empty()) {
        throw DataError{path, fmt::format("expected clips named SIGN_SIGNER_REPETITION as in LSA64 "
                                          "(001_002_003), found '{}'; name another kind of list with {}",
                                          strangers.front(), setting("metadata-kind"))};
    }
    if (!strangers.empty()) {
        listing.notes.push_back(fmt::format("{} not named as in LSA64, with the labels of their folders: {}",
                                            counted(std::ssize(strangers), "clip"), examples(strangers)));
    }
}

/// Makes the column of names that matches most clips the one by which entries name their clips.
void choose_names(Metadata& metadata, const fs::path& path, const std::vector<ListedClip>& clips) {
    const auto score = [&](const std::vector<Metadata::Entry>& entries) {
        try {
            const ClipMatcher matcher{path, entries, clips};
            return std::pair{matcher.matched_clips(), matcher.equal_clips()};
        } catch (const DataError&) {
            return std::pair{std::size_t{0}, std::size_t{0}};  // ambiguous
        }
    };
    if (metadata.other_names.empty()) {
        return;
    }
    auto best = score(metadata.entries);
    const Metadata::OtherNames* chosen = nullptr;
    for (const auto& other : metadata.other_names) {
        auto entries = metadata.entries;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            entries[i].clip = other.names[i];
        }
        if (const auto found = score(entries); found > best) {
            best = found;
            chosen = &other;
        }
    }
    if (chosen != nullptr) {
        for (std::size_t i = 0; i < metadata.entries.size(); ++i) {
            metadata.entries[i].clip = chosen->names[i];
        }
    }
}

void fill(ListedClip& clip, const Metadata::Entry& entry) {
    clip.label = entry.label.value_or(clip.label);
    clip.signer = entry.signer.value_or(clip.signer);
    clip.fps = entry.fps > 0 ? entry.fps : clip.fps;
    clip.first_frame = entry.first_frame;
    clip.end_frame = entry.end_frame;
}

/// Returns the name of a range of frames of a clip. Frames count from 1, as in the lists.
std::string stretch_name(const std::string& clip, const Metadata::Entry& entry) {
    return fmt::format("{}#{}-{}", clip, entry.first_frame + 1,
                       entry.end_frame < 0 ? "end" : std::to_string(entry.end_frame));
}

[[noreturn]] void refuse_strangers(const Metadata& metadata, const fs::path& path, const Listing& listing) {
    std::string columns;
    for (const auto& other : metadata.other_names) {
        columns += fmt::format(", in its column {} like '{}'", other.column,
                               other.names.empty() ? "" : other.names.front());
    }
    throw DataError{path, fmt::format("none of the {} clips is named in it: clips have names like '{}', the "
                                      "metadata has names like '{}'{}",
                                      listing.clips.size(), shown(listing.clips.front().name),
                                      metadata.entries.front().clip, columns)};
}

/// Builds the new list of clips from the entries. A clip with several entries becomes several clips.
class Filling {
public:
    Filling(const Metadata& metadata, const ClipMatcher& matcher, const Listing& listing)
        : metadata_{metadata}, matcher_{matcher}, listing_{listing}, is_found_(matcher.groups()) {}

    void run() {
        for (std::size_t number = 0; number < listing_.clips.size(); ++number) {
            const auto& clip = listing_.clips[number];
            const auto group = matcher_.group_of_clip()[number];
            if (group == ClipMatcher::none) {
                strangers.push_back(shown(clip.name));
                add(number, clip);
                continue;
            }
            is_found_[group] = true;
            const auto& entries = matcher_.group(group);
            for (const auto entry : entries) {
                add_listed(number, metadata_.entries[entry], entries.size() > 1);
            }
        }
        for (std::size_t group = 0; group < is_found_.size(); ++group) {
            if (!is_found_[group]) {
                absent.push_back(metadata_.entries[matcher_.group(group).front()].clip);
            }
        }
    }

    std::vector<ListedClip> clips;
    std::vector<std::size_t> origins;
    std::map<std::string, std::vector<std::string>> splits;
    std::vector<std::string> strangers;
    std::vector<std::string> absent;

private:
    void add(std::size_t origin, ListedClip clip) {
        clips.push_back(std::move(clip));
        origins.push_back(origin);
    }
    void add_listed(std::size_t origin, const Metadata::Entry& entry, bool is_stretch) {
        auto clip = listing_.clips[origin];
        fill(clip, entry);
        if (is_stretch) {
            clip.name = stretch_name(clip.name, entry);
        }
        for (const auto& split : entry.splits) {
            splits[split].push_back(clip.name);
        }
        add(origin, std::move(clip));
    }

    const Metadata& metadata_;
    const ClipMatcher& matcher_;
    const Listing& listing_;
    std::vector<bool> is_found_;
};

/// In the splits of the corpus itself, replaces each clip by the clips that were made of it.
void rename_in_splits(Listing& listing, const std::vector<ListedClip>& clips,
                      const std::vector<std::size_t>& origins) {
    if (listing.splits.empty() || clips.size() == listing.clips.size()) {
        return;
    }
    std::map<std::string, std::vector<std::string>> names;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        names[listing.clips[origins[i]].name].push_back(clips[i].name);
    }
    for (auto& [split, members] : listing.splits) {
        std::vector<std::string> renamed;
        for (const auto& member : members) {
            renamed.insert(renamed.end(), names[member].begin(), names[member].end());
        }
        members = std::move(renamed);
    }
}

}  // namespace

std::vector<std::size_t> apply_metadata(Metadata metadata, const fs::path& path, Listing& listing) {
    listing.labels.insert(listing.labels.end(), metadata.labels.begin(), metadata.labels.end());
    if (metadata.names_tell) {
        apply_lsa64(metadata, path, listing);
        std::vector<std::size_t> origins(listing.clips.size());
        for (std::size_t i = 0; i < origins.size(); ++i) {
            origins[i] = i;
        }
        return origins;
    }
    choose_names(metadata, path, listing.clips);
    merge_repeats(metadata, path);
    if (metadata.entries.empty()) {
        throw DataError{path, "expected rows that name clips, found none"};
    }
    const ClipMatcher matcher{path, metadata.entries, listing.clips};
    if (matcher.matched_clips() == 0 && !listing.clips.empty()) {
        refuse_strangers(metadata, path, listing);
    }
    Filling filling{metadata, matcher, listing};
    filling.run();
    rename_in_splits(listing, filling.clips, filling.origins);
    listing.clips = std::move(filling.clips);
    for (auto& [split, names] : filling.splits) {
        auto& members = listing.splits[split];
        members.insert(members.end(), names.begin(), names.end());
    }
    listing.notes.insert(listing.notes.end(), metadata.notes.begin(), metadata.notes.end());
    if (!filling.strangers.empty()) {
        listing.notes.push_back(fmt::format("{} not in the metadata, with the labels of their folders: {}",
                                            counted(std::ssize(filling.strangers), "clip"),
                                            examples(filling.strangers)));
    }
    if (!filling.absent.empty()) {
        listing.notes.push_back(fmt::format("{} of {} clips in the metadata were not found: {}",
                                            filling.absent.size(), matcher.groups(),
                                            examples(filling.absent)));
    }
    return std::move(filling.origins);
}

}  // namespace sslslr::io
