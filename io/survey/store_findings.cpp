#include "io/survey/store_findings.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "io/survey/split_findings.hpp"

namespace sslslr::io {
namespace {

constexpr std::int64_t few_clips = 5;  // of a class
constexpr double notable_share = 0.01;

void find_gaps(const StoreSurvey& survey, Findings& found) {
    if (!survey.empty.empty()) {
        found.push_back(
            {.name = "empty-clips",
             .count = count_of(survey.empty),
             .what = counted(count_of(survey.empty), "clip has no frames", "clips have no frames"),
             .clips = first_few(survey.empty),
             .fix = "training and evaluation skip them; look at their videos, or import without them"});
    }
    if (!survey.undetected.empty()) {
        const auto count = count_of(survey.undetected);
        found.push_back(
            {.name = "undetected-clips",
             .count = count,
             .what = counted(count, "clip has frames in which nothing was detected at all",
                             "clips have frames in which nothing was detected at all"),
             .clips = first_few(survey.undetected),
             .fix = "they add nothing to training: look at their videos, or import without them"});
    }
    if (!survey.handless.empty()) {
        const auto count = count_of(survey.handless);
        found.push_back(
            {.name = "handless-clips",
             .count = count,
             .what = counted(count, "clip shows no hand in any frame", "clips show no hand in any frame"),
             .clips = first_few(survey.handless),
             .fix = "extract their landmarks again with a lower detection threshold, or import without "
                    "them"});
    }
}

void find_duplicates(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    std::vector<std::int64_t> repeated;
    std::vector<std::int64_t> contradicting;
    for (const auto& group : survey.equal) {
        repeated.insert(repeated.end(), group.begin() + 1, group.end());
        const auto label = [&](std::int64_t clip) { return index.labels[static_cast<std::size_t>(clip)]; };
        std::ranges::copy_if(group, std::back_inserter(contradicting), [&](std::int64_t clip) {
            return label(clip) >= 0 && label(group.front()) >= 0 && label(clip) != label(group.front());
        });
    }
    if (!repeated.empty()) {
        const auto count = count_of(repeated);
        found.push_back(
            {.name = "duplicates",
             .count = count,
             .what = counted(count, "clip holds the same landmarks as an earlier one",
                             "clips hold the same landmarks as earlier ones"),
             .clips = first_few(repeated),
             .fix = "`sslslr merge IN --drop-duplicates --output OUT.h5` keeps the first of each"});
    }
    if (!contradicting.empty()) {
        const auto count = count_of(contradicting);
        found.push_back(
            {.name = "contradicting-labels",
             .count = count,
             .what = counted(count, "clip has another label than an earlier clip of the same landmarks",
                             "clips have other labels than earlier clips of the same landmarks"),
             .clips = first_few(contradicting),
             .fix = "no classifier can be right on both: correct the labels at their source"});
    }
}

void find_small_classes(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    std::vector<std::string> labels;
    for (const auto& [label, clips] : survey.all.clips_of_label) {
        if (clips < few_clips) {
            labels.push_back(index.label_names[static_cast<std::size_t>(label)]);
        }
    }
    if (!labels.empty()) {
        found.push_back(
            {.name = "small-classes",
             .count = count_of(labels),
             .what = fmt::format("{} fewer than {} clips",
                                 counted(count_of(labels), "class has", "classes have"), few_clips),
             .examples = first_few(labels),
             .fix =
                 "too few to train and test on: `sslslr split --by class-count` keeps the largest classes"});
    }
}

void find_unusual_values(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    const auto& values = survey.values;
    const auto share = [&](std::int64_t count) {
        return static_cast<double>(count) /
               static_cast<double>(std::max<std::int64_t>(values.plane_values, 1));
    };
    if (values.infinite > 0) {
        found.push_back({.name = "infinite-values",
                         .count = values.infinite,
                         .what = counted(values.infinite, "value is infinite", "values are infinite"),
                         .fix = fmt::format(
                             "training treats them as not detected: the largest float16 is 65504, so write "
                             "the store again from its source with {}, or scale the coordinates first",
                             setting("dtype", "float32"))});
    }
    if (!survey.far.empty()) {
        const auto count = count_of(survey.far);
        found.push_back(
            {.name = "pixel-clips",
             .count = count,
             .what = counted(count, "clip has most of its x and y beyond [-1, 2]",
                             "clips have most of their x and y beyond [-1, 2]"),
             .clips = first_few(survey.far),
             .fix = fmt::format("pixels? Fractions of the image are expected: divide by its width at "
                                "import (training normalises by the shoulders unless {}=false)",
                                setting("normalise"))});
    } else if (share(values.outside) > notable_share) {
        found.push_back(
            {.name = "far-coordinates",
             .is_note = true,
             .count = count_of(values.far),
             .what = fmt::format("{:.1f} % of x and y are beyond [-1, 2]", 100 * share(values.outside)),
             .examples = first_few(values.far),
             .fix = "points outside the image are guesses: leave out those that are mostly outside "
                    "(`sslslr repack --points upper-body`)"});
    }
    if (share(values.zero) > notable_share) {
        found.push_back({.name = "zero-coordinates",
                         .count = values.zero,
                         .what = fmt::format("{:.1f} % of x and y are exactly 0", 100 * share(values.zero)),
                         .fix = "zeros for points that were not detected? Import them as NaN, or they are "
                                "treated as positions"});
    }
    if (!values.constant.empty()) {
        found.push_back(
            {.name = "constant-coordinates",
             .count = count_of(values.constant),
             .what = fmt::format(
                 "{} in all frames of the store (of {})",
                 counted(count_of(values.constant), "coordinate is the same", "coordinates are the same"),
                 index.point_names.size() * static_cast<std::size_t>(index.coordinates)),
             .examples = first_few(values.constant),
             .fix = fmt::format("not measured? `sslslr repack --drop-z` or {} leave them out",
                                setting("points"))});
    }
}

void find_unknowns(const ClipIndex& index, const StoreSurvey& survey, Findings& found) {
    const auto& all = survey.all;
    if (all.unlabelled > 0) {
        found.push_back({.name = "unlabelled",
                         .is_note = true,
                         .count = all.unlabelled,
                         .what = counted(all.unlabelled, "clip has no label", "clips have no label"),
                         .fix = "usable for training without labels, not for evaluation"});
    }
    if (all.unknown_signers > 0) {
        found.push_back({.name = "unknown-signers",
                         .is_note = true,
                         .count = all.unknown_signers,
                         .what = counted(all.unknown_signers, "clip names no signer", "clips name no signer"),
                         .fix = "they cannot be left out by signer, and may show a signer who should be"});
    }
    if (all.greatest_fps > all.least_fps) {
        found.push_back({.name = "mixed-rates",
                         .is_note = true,
                         .count = all.clips - all.unknown_fps,
                         .what = fmt::format("clips have {:g} to {:g} frames per second", all.least_fps,
                                             all.greatest_fps),
                         .fix = "the same sign has more frames at a higher rate: k1 and k2 in frames "
                                "cover different times"});
    }
    if (!index.splits.empty()) {
        std::set<std::int64_t> listed;
        for (const auto& [name, clips] : index.splits) {
            listed.insert(clips.begin(), clips.end());
        }
        if (const auto rest = all.clips - static_cast<std::int64_t>(listed.size()); rest > 0) {
            found.push_back({.name = "unlisted-clips",
                             .is_note = true,
                             .count = rest,
                             .what = counted(rest, "clip is in no split", "clips are in no split"),
                             .fix = "commands that use a split skip them"});
        }
    }
}

}  // namespace

std::vector<Finding> findings_of(const ClipIndex& index, const StoreSurvey& survey) {
    Findings found;
    find_overlaps(survey, found);
    find_split_gaps(index, found);
    find_duplicates(index, survey, found);
    find_gaps(survey, found);
    find_uncovered_labels(index, survey, found);
    find_small_classes(index, survey, found);
    find_unusual_values(index, survey, found);
    find_shared_signers(index, survey, found);
    find_unknowns(index, survey, found);
    std::ranges::stable_sort(found, {}, &Finding::is_note);
    return found;
}

}  // namespace sslslr::io
