#include "src/data/split_plan.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/data/clip_selection.hpp"
#include "src/data/keyed_random.hpp"
#include "src/data/stratified_share.hpp"
#include "src/errors.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

using ClipSet = std::vector<std::int64_t>;

constexpr std::int64_t most_entries = 100'000'000;  // 800 MB
constexpr const char* complement = "not-";

/// Groups clips by their entry in `numbers`.
std::map<std::int64_t, ClipSet> grouped(const ClipSet& clips, const std::vector<std::int64_t>& numbers) {
    std::map<std::int64_t, ClipSet> groups;
    for (const auto clip : clips) {
        groups[numbers[static_cast<std::size_t>(clip)]].push_back(clip);
    }
    return groups;
}

ClipSet shuffled(ClipSet clips, const SplitConfig& config, std::int64_t group) {
    KeyedRandom random{config.seed, Purpose::store_split, {static_cast<std::uint64_t>(group)}};
    shuffle(std::span{clips}, random);
    return clips;
}

/// Returns the clips that take part in the splits, and counts the others in the plan.
ClipSet taking_part(const io::ClipIndex& index, const SplitConfig& config, SplitPlan& plan) {
    auto clips = clips_of_split(index, config.within);
    std::ranges::sort(clips);
    plan.without_frames = static_cast<std::int64_t>(std::erase_if(clips, [&](std::int64_t clip) {
        const auto at = static_cast<std::size_t>(clip);
        return index.offsets[at] == index.offsets[at + 1];
    }));
    if (config.by == SplitWay::signer ||
        (config.by == SplitWay::folds && config.group_by == FoldGroups::signer)) {
        plan.without_signer = static_cast<std::int64_t>(std::erase_if(
            clips, [&](std::int64_t clip) { return index.signers[static_cast<std::size_t>(clip)] < 0; }));
    }
    if (config.by == SplitWay::class_count) {
        plan.without_label = static_cast<std::int64_t>(std::erase_if(
            clips, [&](std::int64_t clip) { return index.labels[static_cast<std::size_t>(clip)] < 0; }));
    }
    if (clips.empty()) {
        throw ConfigError{
            fmt::format("{}: no clip is left to split: {} have no frames, {} no signer, {} no label",
                        io::setting("by", word_of(*config.by)), plan.without_frames, plan.without_signer,
                        plan.without_label)};
    }
    return clips;
}

/// Adds a split and its complement, all other clips that take part.
void add_with_complement(SplitPlan& plan, const ClipSet& all, const std::string& name, ClipSet clips) {
    ClipSet others;
    std::ranges::sort(clips);
    std::ranges::set_difference(all, clips, std::back_inserter(others));
    plan.splits.push_back({name, std::move(clips)});
    plan.splits.push_back({complement + name, std::move(others), true});
}

void refuse_too_much(std::int64_t parts, const ClipSet& clips) {
    if (parts * static_cast<std::int64_t>(clips.size()) > most_entries) {
        throw ConfigError{
            fmt::format("{} splits of {} clips with their complements would hold more than {} entries: "
                        "choose fewer ({}, {})",
                        parts, clips.size(), most_entries, io::setting("signers"), io::setting("folds"))};
    }
}

void split_by_signer(const io::ClipIndex& index, const SplitConfig& config, const ClipSet& clips,
                     SplitPlan& plan) {
    auto groups = grouped(clips, index.signers);
    if (!config.signers.empty()) {
        const auto wanted = numbers_of_signers(index, config.signers);
        std::erase_if(groups,
                      [&](const auto& group) { return std::ranges::count(wanted, group.first) == 0; });
    }
    refuse_too_much(static_cast<std::int64_t>(groups.size()), clips);
    for (auto& [signer, members] : groups) {
        auto name = "signer-" + index.signer_names[static_cast<std::size_t>(signer)];
        std::ranges::replace(name, '/', '_');  // HDF5's separator
        add_with_complement(plan, clips, name, std::move(members));
    }
}

void split_by_fraction(const io::ClipIndex& index, const SplitConfig& config, const ClipSet& clips,
                       SplitPlan& plan) {
    if (!(config.fraction > 0 && config.fraction < 1)) {
        throw ConfigError{fmt::format("{}: expected more than 0 and less than 1",
                                      io::setting("fraction", config.fraction))};
    }
    auto labelled = stratified_share(clips, index.labels, config.fraction, config.seed);
    ClipSet rest;
    std::ranges::set_difference(clips, labelled, std::back_inserter(rest));
    const auto percent = fmt::format("{:g}", 100 * config.fraction);
    plan.splits.push_back({"labelled-" + percent, std::move(labelled)});
    plan.splits.push_back({"rest-" + percent, std::move(rest)});
}

std::vector<ClipSet> stratified_folds(const io::ClipIndex& index, const SplitConfig& config,
                                      const ClipSet& clips) {
    std::vector<ClipSet> folds(static_cast<std::size_t>(config.folds));
    std::size_t next = 0;  // continues from class to class, so that the first folds do not get every odd clip
    for (const auto& [label, members] : grouped(clips, index.labels)) {
        for (const auto clip : shuffled(members, config, label)) {
            folds[next].push_back(clip);
            next = (next + 1) % folds.size();
        }
    }
    return folds;
}

std::vector<ClipSet> signer_folds(const io::ClipIndex& index, const SplitConfig& config,
                                  const ClipSet& clips) {
    const auto groups = grouped(clips, index.signers);
    if (static_cast<std::int64_t>(groups.size()) < config.folds) {
        throw ConfigError{fmt::format("{}: expected at most the number of signers, {}",
                                      io::setting("folds", config.folds), groups.size())};
    }
    ClipSet signers;
    for (const auto& [signer, members] : groups) {
        signers.push_back(signer);
    }
    signers = shuffled(std::move(signers), config, -1);  // a random order of signers with equally many clips
    std::ranges::stable_sort(signers, std::greater<>{},
                             [&](auto signer) { return groups.at(signer).size(); });
    std::vector<ClipSet> folds(static_cast<std::size_t>(config.folds));
    for (const auto signer : signers) {
        auto& fold = *std::ranges::min_element(folds, {}, &ClipSet::size);
        fold.insert(fold.end(), groups.at(signer).begin(), groups.at(signer).end());
    }
    return folds;
}

void split_by_folds(const io::ClipIndex& index, const SplitConfig& config, const ClipSet& clips,
                    SplitPlan& plan) {
    if (config.folds < 2 || config.folds > static_cast<std::int64_t>(clips.size())) {
        throw ConfigError{fmt::format("{}: expected 2 to the number of clips, {}",
                                      io::setting("folds", config.folds), clips.size())};
    }
    refuse_too_much(config.folds, clips);
    auto folds = config.group_by == FoldGroups::signer ? signer_folds(index, config, clips)
                                                       : stratified_folds(index, config, clips);
    for (std::size_t fold = 0; fold < folds.size(); ++fold) {
        add_with_complement(plan, clips, fmt::format("fold-{}", fold), std::move(folds[fold]));
    }
}

void split_by_class_count(const io::ClipIndex& index, const SplitConfig& config, const ClipSet& clips,
                          SplitPlan& plan) {
    auto groups = grouped(clips, index.labels);
    const auto name_of = [&](std::int64_t label) {
        return index.label_names[static_cast<std::size_t>(label)];
    };
    std::vector<std::int64_t> labels;
    for (const auto& [label, members] : groups) {
        if (name_of(label) != no_sign) {
            labels.push_back(label);
        }
    }
    if (config.classes < 1 || config.classes > static_cast<std::int64_t>(labels.size())) {
        throw ConfigError{fmt::format("{}: expected 1 to the number of classes, {}",
                                      io::setting("classes", config.classes), labels.size())};
    }
    std::ranges::sort(labels, [&](std::int64_t a, std::int64_t b) {
        const auto clips_a = groups[a].size();
        const auto clips_b = groups[b].size();
        return clips_a != clips_b ? clips_a > clips_b : name_of(a) < name_of(b);
    });
    ClipSet kept;
    for (std::int64_t i = 0; i < config.classes; ++i) {
        const auto& members = groups[labels[static_cast<std::size_t>(i)]];
        kept.insert(kept.end(), members.begin(), members.end());
    }
    add_with_complement(plan, clips, fmt::format("classes-{}", config.classes), std::move(kept));
}

void refuse_other_splits_of_the_same_name(const io::ClipIndex& index, const SplitPlan& plan) {
    std::map<std::string, const ClipSet*> known;
    for (const auto& [name, clips, is_complement] : plan.splits) {
        if (!known.emplace(name, &clips).second) {
            throw ConfigError{fmt::format("two splits would be named {}: rename one of their signers", name)};
        }
        const auto there = index.splits.find(name);
        if (there == index.splits.end()) {
            continue;
        }
        auto clips_there = there->second;
        std::ranges::sort(clips_there);
        if (clips_there != clips) {
            throw ConfigError{
                fmt::format("the data already have a split {} of other clips: split the store that "
                            "they come from",
                            name)};
        }
    }
}

}  // namespace

SplitPlan plan_splits(const io::ClipIndex& index, const SplitConfig& config) {
    if (!config.by) {
        throw ConfigError{fmt::format("{}: expected signer, fraction, folds or class-count",
                                      io::setting("by", "(missing)"))};
    }
    SplitPlan plan;
    const auto clips = taking_part(index, config, plan);
    switch (*config.by) {
        case SplitWay::signer:
            split_by_signer(index, config, clips, plan);
            break;
        case SplitWay::fraction:
            split_by_fraction(index, config, clips, plan);
            break;
        case SplitWay::folds:
            split_by_folds(index, config, clips, plan);
            break;
        case SplitWay::class_count:
            split_by_class_count(index, config, clips, plan);
    }
    refuse_other_splits_of_the_same_name(index, plan);
    return plan;
}

}  // namespace sslslr
