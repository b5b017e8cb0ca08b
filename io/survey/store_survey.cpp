#include "io/survey/store_survey.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "io/store/clip_content.hpp"

namespace sslslr::io {
namespace {

using ClipList = std::vector<std::int64_t>;

constexpr std::int64_t most_bins = 40;  // of the length histogram

/// The numbers of the splits that each clip is in, stored in one array.
class Memberships {
public:
    explicit Memberships(const ClipIndex& index) : first_(index.labels.size() + 1) {
        for (const auto& [name, clips] : index.splits) {
            for (const auto clip : clips) {
                ++first_[static_cast<std::size_t>(clip) + 1];
            }
        }
        for (std::size_t clip = 1; clip < first_.size(); ++clip) {
            first_[clip] += first_[clip - 1];
        }
        splits_.resize(first_.back());
        auto next = first_;
        std::uint32_t number = 0;
        for (const auto& [name, clips] : index.splits) {
            for (const auto clip : clips) {
                splits_[next[static_cast<std::size_t>(clip)]++] = number;
            }
            ++number;
        }
    }

    std::span<const std::uint32_t> of(std::int64_t clip) const {
        const auto at = static_cast<std::size_t>(clip);
        return std::span{splits_}.subspan(first_[at], first_[at + 1] - first_[at]);
    }

private:
    std::vector<std::size_t> first_;
    std::vector<std::uint32_t> splits_;
};

std::int64_t length_of(const ClipIndex& index, std::int64_t clip) {
    const auto at = static_cast<std::size_t>(clip);
    return index.offsets[at + 1] - index.offsets[at];
}

/// Returns the edges of at most most_bins bins of equally many frames; the last may have fewer.
ClipList edges_of(const ClipIndex& index) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t greatest = 0;
    for (std::int64_t clip = 0; clip < index.clips(); ++clip) {
        if (const auto length = length_of(index, clip); length > 0) {
            least = std::min(least, length);
            greatest = std::max(greatest, length);
        }
    }
    ClipList edges;
    if (greatest > 0) {
        const auto width = (greatest - least) / most_bins + 1;
        for (auto edge = least; edge <= greatest; edge += width) {
            edges.push_back(edge);
        }
        edges.push_back(greatest + 1);
    }
    return edges;
}

void survey_lengths(const ClipIndex& index, const ClipList& clips, const ClipList& edges,
                    GroupSurvey& group) {
    ClipList lengths;
    for (const auto clip : clips) {
        if (const auto length = length_of(index, clip); length > 0) {
            lengths.push_back(length);
        }
    }
    std::ranges::sort(lengths);
    group.length_histogram.resize(edges.empty() ? 0 : edges.size() - 1);
    for (const auto length : lengths) {
        ++group.length_histogram[static_cast<std::size_t>((length - edges[0]) / (edges[1] - edges[0]))];
    }
    for (std::size_t quarter = 0; quarter < group.lengths.size() && !lengths.empty(); ++quarter) {
        group.lengths[quarter] = lengths[std::min(quarter * lengths.size() / 4, lengths.size() - 1)];
    }
}

/// Fills in everything that the index is sufficient for.
GroupSurvey indexed(const ClipIndex& index, const ClipList& clips, const ClipList& edges) {
    GroupSurvey group;
    for (const auto clip : clips) {
        const auto at = static_cast<std::size_t>(clip);
        const auto rate = index.fps.empty() ? 0 : index.fps[at];
        ++group.clips;
        group.frames += length_of(index, clip);
        group.empty += length_of(index, clip) == 0 ? 1 : 0;
        group.unlabelled += index.labels[at] < 0 ? 1 : 0;
        group.unknown_signers += index.signers[at] < 0 ? 1 : 0;
        if (index.labels[at] >= 0) {
            ++group.clips_of_label[index.labels[at]];
        }
        if (index.signers[at] >= 0) {
            ++group.clips_of_signer[index.signers[at]];
        }
        if (rate > 0) {
            group.least_fps = group.least_fps > 0 ? std::min(group.least_fps, rate) : rate;
            group.greatest_fps = std::max(group.greatest_fps, rate);
        } else {
            ++group.unknown_fps;
        }
    }
    survey_lengths(index, clips, edges, group);
    return group;
}

/// Adds the gaps of a clip. GroupSurvey::missing holds counts until shares_of_missing() is called.
void add(GroupSurvey& group, const ClipGaps& gaps, bool has_hands) {
    group.undetected += gaps.has_anything ? 0 : 1;
    group.handless += has_hands && !gaps.has_hand ? 1 : 0;
    for (std::size_t part = 0; part < gaps.missing.size(); ++part) {
        group.missing[part] += static_cast<double>(gaps.missing[part]);
    }
}

void shares_of_missing(GroupSurvey& group, const BodyParts& parts) {
    for (std::size_t part = 0; part < group.missing.size(); ++part) {
        group.missing[part] /= static_cast<double>(group.frames * parts.points_of[part]);  // 0 / 0 is NaN
    }
}

void count_duplicates(const std::vector<ClipList>& equal, const Memberships& memberships, GroupSurvey& all,
                      const std::vector<GroupSurvey*>& groups) {
    for (const auto& group : equal) {
        all.duplicates += static_cast<std::int64_t>(group.size()) - 1;
        std::map<std::uint32_t, std::int64_t> clips_in;
        for (const auto clip : group) {
            for (const auto split : memberships.of(clip)) {
                ++clips_in[split];
            }
        }
        for (const auto& [split, clips] : clips_in) {
            groups[split]->duplicates += clips - 1;
        }
    }
}

StoreSurvey indexed(const ClipIndex& index) {
    StoreSurvey survey{.length_edges = edges_of(index)};
    ClipList every(index.labels.size());
    for (std::size_t clip = 0; clip < every.size(); ++clip) {
        every[clip] = static_cast<std::int64_t>(clip);
    }
    survey.all = indexed(index, every, survey.length_edges);
    for (const auto& [name, clips] : index.splits) {
        survey.splits.emplace(name, indexed(index, clips, survey.length_edges));
    }
    return survey;
}

/// A survey in progress.
class Reading {
public:
    explicit Reading(const ClipStore& store)
        : store_{store},
          index_{store.index()},
          survey_{indexed(index_)},
          counts_{index_},
          memberships_{index_},
          contents_(index_.labels.size()) {
        survey_.parts = counts_.parts().names;
        survey_.all.missing.resize(survey_.parts.size());
        for (auto& [name, group] : survey_.splits) {
            group.missing.resize(survey_.parts.size());
            groups_.push_back(&group);
        }
    }

    void read(std::int64_t clip) {
        const auto length = length_of(index_, clip);
        if (length == 0) {
            survey_.empty.push_back(clip);
            return;
        }
        landmarks_.resize(static_cast<std::size_t>(length * index_.coordinates) * index_.point_names.size());
        store_.read(clip, clip + 1, landmarks_);
        contents_[static_cast<std::size_t>(clip)] = content_(landmarks_);
        const auto gaps = counts_.count(landmarks_);
        const bool has_hands = counts_.parts().has_hands;
        add(survey_.all, gaps, has_hands);
        for (const auto split : memberships_.of(clip)) {
            add(*groups_[split], gaps, has_hands);
        }
        if (!gaps.has_anything) {
            survey_.undetected.push_back(clip);
        }
        if (has_hands && !gaps.has_hand) {
            survey_.handless.push_back(clip);
        }
        if (gaps.is_far) {
            survey_.far.push_back(clip);
        }
    }

    StoreSurvey finish() {
        shares_of_missing(survey_.all, counts_.parts());
        for (auto* group : groups_) {
            shares_of_missing(*group, counts_.parts());
        }
        survey_.values = counts_.values();
        survey_.equal = equal_clips(contents_);
        count_duplicates(survey_.equal, memberships_, survey_.all, groups_);
        survey_.overlaps = overlaps_of(index_.splits, index_.labels.size(), survey_.equal);
        return std::move(survey_);
    }

private:
    const ClipStore& store_;
    const ClipIndex& index_;
    StoreSurvey survey_;
    std::vector<GroupSurvey*> groups_;  // of the splits, by number
    LandmarkCounts counts_;
    Memberships memberships_;
    ClipContent content_;
    std::vector<std::uint64_t> contents_;
    std::vector<float> landmarks_;
};

}  // namespace

StoreSurvey survey_of(const ClipStore& store, const std::function<void(std::int64_t)>& on_clip) {
    Reading reading{store};
    for (std::int64_t clip = 0; clip < store.index().clips(); ++clip) {
        reading.read(clip);
        if (on_clip) {
            on_clip(clip + 1);
        }
    }
    return reading.finish();
}

}  // namespace sslslr::io
