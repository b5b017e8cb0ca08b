#include "src/boundary/search_clips.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr double drawn_share = 0.2;

/// The signer of the fewest labelled clips among several known ones; the first by name of equal ones.
std::optional<std::string> smallest_signer(const io::ClipIndex& index, const PretrainOptions& training) {
    std::map<std::string, std::int64_t> clips_of;
    for (const auto clip : select_clips(index, {.split = training.train_split,
                                               .left_out_signers = training.left_out_signers,
                                               .only_labelled = true})) {
        if (const auto signer = index.signers[static_cast<std::size_t>(clip)]; signer >= 0) {
            ++clips_of[index.signer_names[static_cast<std::size_t>(signer)]];
        }
    }
    if (clips_of.size() < 2) {
        return std::nullopt;
    }
    return std::ranges::min_element(clips_of, {}, [](const auto& entry) { return entry.second; })->first;
}

/// Of a split, the signers that are not left out; none where nobody is, which means all.
std::vector<std::string> signers_of_split(const io::ClipIndex& index, const PlanOptions& options) {
    auto signers = options.validation_signers;
    const auto& left_out = options.training.left_out_signers;
    if (signers.empty() && !left_out.empty()) {
        std::ranges::copy_if(index.signer_names, std::back_inserter(signers), [&](const auto& name) {
            return std::ranges::find(left_out, name) == left_out.end();
        });
    }
    return signers;
}

}  // namespace

EvaluationClips search_clips(const io::ClipIndex& index, const PlanOptions& options) {
    const auto& training = options.training;
    ClipParts parts{.train_split = training.train_split,
                    .left_out_signers = training.left_out_signers,
                    .seed = training.seed};
    auto signers = options.validation_signers;
    if (signers.empty() && options.validation_split.empty()) {
        if (const auto signer = smallest_signer(index, training)) {
            signers.push_back(*signer);
        }
    }
    std::string how;
    if (!options.validation_split.empty()) {
        parts.test_split = options.validation_split;
        parts.test_signers = signers_of_split(index, options);
        const auto lacking = stores_without_split(index, options.validation_split);
        how = "split " + options.validation_split + (lacking.empty() ? "" : ", which is not in " + lacking);
    } else if (!signers.empty()) {
        parts.test_split = training.train_split;
        parts.test_signers = signers;
        parts.left_out_signers.insert(parts.left_out_signers.end(), signers.begin(), signers.end());
        how = fmt::format("signer {}", fmt::join(signers, ", "));
    } else {
        parts.train_fraction = 1 - drawn_share;
        how = fmt::format("{:.0f} % of each class, drawn", 100 * drawn_share);
    }
    auto clips = part_clips(index, parts);
    clips.how = how;
    return clips;
}

}  // namespace sslslr
