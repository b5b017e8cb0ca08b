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

/// Returns the signer with the fewest labelled clips, the first by name among equals; nothing if fewer than
/// two signers are known.
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

}  // namespace

EvaluationClips search_clips(const io::ClipIndex& index, const PlanOptions& options) {
    const auto& training = options.training;
    ClipParts parts{.train_split = training.train_split,
                    .excluded_signers = training.left_out_signers,
                    .test_signers = options.validation_signers,
                    .seed = training.seed};
    if (parts.test_signers.empty() && options.validation_split.empty()) {
        if (const auto signer = smallest_signer(index, training)) {
            parts.test_signers.push_back(*signer);
        }
    }
    std::string how;
    if (!options.validation_split.empty()) {
        parts.test_split = options.validation_split;
        const auto lacking = stores_without_split(index, options.validation_split);
        how = "split " + options.validation_split + (lacking.empty() ? "" : ", which is not in " + lacking);
    } else if (!parts.test_signers.empty()) {
        parts.test_split = training.train_split;
        parts.left_out_signers = parts.test_signers;
        how = fmt::format("signer {}", fmt::join(parts.test_signers, ", "));
    } else {
        parts.train_fraction = 1 - drawn_share;
        how = fmt::format("{:.0f} % of each class, drawn", 100 * drawn_share);
    }
    EvaluationClips clips;
    place_errors(fmt::format("validation by {} ({} or {} choose another)", how,
                             io::setting("validation-split"), io::setting("validation-signer")),
                 [&] { clips = part_clips(index, parts); });
    if (!options.validation_split.empty()) {  // none of its clips train, even if they do not validate
        const auto of_split =
            select_clips(index, {.split = options.validation_split, .stores_may_lack_split = true});
        clips.pretrain = without(clips.pretrain, of_split);
        clips.train = without(clips.train, of_split);
    }
    clips.how = how;
    return clips;
}

}  // namespace sslslr
