#include "io/survey/split_findings.hpp"

#include <fmt/format.h>

#include "io/file/setting.hpp"

namespace sslslr::io {
namespace {

/// Calls `use` with each pair of a training split and a test or validation split.
template <class Use>
void for_each_tested_split(const StoreSurvey& survey, const Use& use) {
    for (const auto& [train, trained] : survey.splits) {
        for (const auto& [test, tested] : survey.splits) {
            if (role_of(train) == SplitRole::train &&
                (role_of(test) == SplitRole::test || role_of(test) == SplitRole::validation)) {
                use(train, trained, test, tested);
            }
        }
    }
}

}  // namespace

void find_split_gaps(const ClipIndex& index, Findings& found) {
    std::vector<std::string> empty;
    for (const auto& [name, clips] : index.splits) {
        if (clips.empty()) {
            empty.push_back(name);
        }
    }
    if (!empty.empty()) {
        found.push_back({.name = "empty-splits",
                         .count = count_of(empty),
                         .what = counted(count_of(empty), "split has no clips", "splits have no clips"),
                         .examples = first_few(empty),
                         .fix = "no command can train or test on them: create them again (`sslslr split`)"});
    }
    for (const auto& [name, files] : index.files_without_split) {
        found.push_back({.name = "partial-splits",
                         .count = count_of(files),
                         .what = fmt::format("{} no split {}, which other stores have",
                                             counted(count_of(files), "store has", "stores have"), name),
                         .examples = first_few(files),
                         .fix = "training on that split is refused: leave these stores out, or give them the "
                                "split (`sslslr split`)"});
    }
}

void find_overlaps(const StoreSurvey& survey, Findings& found) {
    for (const auto& overlap : survey.overlaps) {
        if (!overlap.clips.empty()) {
            found.push_back(
                {.name = "shared-clips",
                 .count = count_of(overlap.clips),
                 .what = fmt::format("{} in both splits {} and {}",
                                     counted(count_of(overlap.clips), "clip is", "clips are"), overlap.first,
                                     overlap.second),
                 .clips = first_few(overlap.clips),
                 .fix = "test clips are also training clips: create the splits again (`sslslr split`)"});
        }
        if (!overlap.equal.empty()) {
            std::vector<std::int64_t> clips;
            for (const auto& [first, second] : overlap.equal) {
                clips.push_back(second);
            }
            found.push_back(
                {.name = "leakage",
                 .count = count_of(overlap.equal),
                 .what = fmt::format("{} of split {} are also in split {}, as {}",
                                     counted(count_of(overlap.equal), "clip's landmarks", "clips' landmarks"),
                                     overlap.first, overlap.second,
                                     overlap.equal.size() == 1 ? "another clip" : "other clips"),
                 .clips = first_few(clips),
                 .fix = "test clips are also training clips: `sslslr merge IN --drop-duplicates` keeps "
                        "the first of each, in whichever split it is"});
        }
    }
}

void find_uncovered_labels(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    for_each_tested_split(
        survey, [&](const auto& train, const auto& trained, const auto& test, const auto& tested) {
            std::vector<std::string> labels;
            std::int64_t clips = 0;
            for (const auto& [label, count] : tested.clips_of_label) {
                if (!trained.clips_of_label.contains(label)) {
                    labels.push_back(index.label_names[static_cast<std::size_t>(label)]);
                    clips += count;
                }
            }
            if (!labels.empty()) {
                found.push_back({.name = "uncovered-labels",
                                 .count = count_of(labels),
                                 .what = fmt::format("{} in split {} but not in split {} ({})",
                                                     counted(count_of(labels), "label is", "labels are"),
                                                     test, train, counted(clips, "clip", "clips")),
                                 .examples = first_few(labels),
                                 .fix = "their clips are always misclassified: test only on labels of the "
                                        "training split, or split by class (`sslslr split --by fraction`)"});
            }
        });
}

void find_shared_signers(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    for_each_tested_split(
        survey, [&](const auto& train, const auto& trained, const auto& test, const auto& tested) {
            std::vector<std::string> signers;
            for (const auto& [signer, count] : tested.clips_of_signer) {
                if (trained.clips_of_signer.contains(signer)) {
                    signers.push_back(index.signer_names[static_cast<std::size_t>(signer)]);
                }
            }
            if (!signers.empty()) {
                found.push_back(
                    {.name = "shared-signers",
                     .is_note = true,
                     .count = count_of(signers),
                     .what = fmt::format("{} in both splits {} and {}",
                                         counted(count_of(signers), "signer is", "signers are"), test, train),
                     .examples = first_few(signers),
                     .fix = fmt::format("accuracy on new signers will be lower: to test on signers not seen "
                                        "in training, use `sslslr split --by signer` or folds with {}",
                                        setting("group-by", "signer"))});
            }
        });
}

}  // namespace sslslr::io
