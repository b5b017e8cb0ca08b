#include "src/boundary/validation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/data/keyed_random.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

/// The signer of the fewest labelled clips among several known ones; the first by name of equal ones.
std::optional<std::string> smallest_signer(const io::ClipIndex& index, const Clips& labelled) {
    std::map<std::string, std::int64_t> clips_of;
    for (const auto clip : labelled) {
        if (const auto signer = index.signers[static_cast<std::size_t>(clip)]; signer >= 0) {
            ++clips_of[index.signer_names[static_cast<std::size_t>(signer)]];
        }
    }
    if (clips_of.size() < 2) {
        return std::nullopt;
    }
    return std::ranges::min_element(clips_of, {}, [](const auto& entry) { return entry.second; })->first;
}

/// A share of each class, at least one clip of a class that has two.
Clips drawn(const io::ClipIndex& index, const Clips& labelled, const ValidationChoice& choice) {
    std::map<std::int64_t, Clips> clips_of;
    for (const auto clip : labelled) {
        clips_of[index.labels[static_cast<std::size_t>(clip)]].push_back(clip);
    }
    Clips chosen;
    for (auto& [label, clips] : clips_of) {
        KeyedRandom random{choice.seed, Purpose::validation, {static_cast<std::uint64_t>(label)}};
        shuffle(std::span{clips}, random);
        const auto wanted = std::max(1.0, std::round(choice.share * static_cast<double>(clips.size())));
        const auto count = std::min(static_cast<std::size_t>(wanted), clips.size() - 1);
        chosen.insert(chosen.end(), clips.begin(), clips.begin() + static_cast<std::ptrdiff_t>(count));
    }
    std::ranges::sort(chosen);
    return chosen;
}

}  // namespace

ValidationClips choose_validation(const io::ClipIndex& index, const ValidationChoice& choice) {
    const auto select = [&](const std::string& split, const std::vector<std::string>& signers,
                            bool labelled) {
        return select_clips(index, {.split = split,
                                    .signers = signers,
                                    .left_out_signers = choice.left_out_signers,
                                    .only_labelled = labelled,
                                    .stores_may_lack_split = split != choice.train_split});
    };
    const auto all = select(choice.train_split, {}, false);
    const auto labelled = select(choice.train_split, {}, true);
    ValidationClips clips;
    auto signers = choice.validation_signers;
    if (signers.empty() && choice.validation_split.empty()) {
        if (const auto signer = smallest_signer(index, labelled)) {
            signers.push_back(*signer);
        }
    }
    if (!choice.validation_split.empty()) {
        clips.validation = select(choice.validation_split, choice.validation_signers, true);
        clips.train = without(all, select(choice.validation_split, {}, false));
        const auto lacking = stores_without_split(index, choice.validation_split);
        clips.how =
            "split " + choice.validation_split + (lacking.empty() ? "" : ", which is not in " + lacking);
    } else if (!signers.empty()) {
        clips.validation = select(choice.train_split, signers, true);
        clips.train = without(all, select(choice.train_split, signers, false));
        clips.how = fmt::format("signer {}", fmt::join(signers, ", "));
    } else {
        clips.validation = drawn(index, labelled, choice);
        clips.train = without(all, clips.validation);
        clips.how = fmt::format("{:.0f} % of each class, drawn", 100 * choice.share);
    }
    const std::set<std::int64_t> train{clips.train.begin(), clips.train.end()};
    std::ranges::copy_if(labelled, std::back_inserter(clips.labelled),
                         [&](auto clip) { return train.contains(clip); });
    if (clips.labelled.empty() || clips.validation.empty()) {
        throw ConfigError{
            fmt::format("validation by {} leaves {} labelled clips to train on and {} to validate on: choose "
                        "another {} or {}",
                        clips.how, clips.labelled.size(), clips.validation.size(),
                        io::setting("validation-signer"), io::setting("validation-split"))};
    }
    return clips;
}

}  // namespace sslslr
