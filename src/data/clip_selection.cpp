#include "src/data/clip_selection.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text.empty() ? "none" : text;
}

/// Returns, for each of `count` signers, whether its number is among `numbers`.
std::vector<bool> flags_of(const std::vector<std::int64_t>& numbers, std::size_t count) {
    std::vector<bool> flags(count);
    for (const auto number : numbers) {
        flags[static_cast<std::size_t>(number)] = true;
    }
    return flags;
}

/// Describes why no clip is left, with the number of clips that each condition rules out.
std::string why_none_is_left(const io::ClipIndex& index, const Selection& selection,
                             const std::vector<std::int64_t>& clips) {
    const auto of = selection.split.empty() ? std::string{"the data"} : "split " + selection.split;
    if (clips.empty()) {
        return of + (selection.split.empty()
                         ? fmt::format(" have no clips: choose other {}", io::setting("data"))
                         : " is empty: choose another, or make it again (sslslr split)");
    }
    std::int64_t empty = 0;
    std::int64_t unlabelled = 0;
    std::int64_t no_signs = 0;
    for (const auto clip : clips) {
        const auto at = static_cast<std::size_t>(clip);
        const auto label = index.labels[at];
        empty += index.offsets[at] == index.offsets[at + 1] ? 1 : 0;
        unlabelled += label < 0 ? 1 : 0;
        no_signs += label >= 0 && index.label_names[static_cast<std::size_t>(label)] == no_sign ? 1 : 0;
    }
    auto text = "none of the " + std::to_string(clips.size()) + " clips of " + of +
                " can be used: " + std::to_string(empty) + " have no frames";
    if (selection.only_labelled) {
        text += ", " + std::to_string(unlabelled) + " have no label (usable only for pretraining), " +
                std::to_string(no_signs) + " show no sign";
    }
    if (!selection.signers.empty()) {
        text += "; only signer " + listed(selection.signers) + " is chosen";
    }
    if (!selection.left_out_signers.empty()) {
        text += "; signer " + listed(selection.left_out_signers) + " is left out";
    }
    return text + ": choose another split or other signers";
}

}  // namespace

std::string stores_without_split(const io::ClipIndex& index, const std::string& split) {
    const auto found = index.files_without_split.find(split);
    return found == index.files_without_split.end() ? "" : listed(found->second);
}

std::vector<std::int64_t> clips_of_split(const io::ClipIndex& index, const std::string& split,
                                         bool stores_may_lack_it) {
    if (split.empty()) {
        std::vector<std::int64_t> all(index.labels.size());
        std::iota(all.begin(), all.end(), std::int64_t{0});
        return all;
    }
    const auto found = index.splits.find(split);
    if (found == index.splits.end()) {
        std::vector<std::string> names;
        for (const auto& [name, clips] : index.splits) {
            names.push_back(name);
        }
        throw ConfigError{"the data have no split " + split +
                          (names.empty() ? "; they have none: `sslslr split` makes them"
                                         : "; they have: " + listed(names))};
    }
    if (const auto lacking = stores_without_split(index, split); !lacking.empty() && !stores_may_lack_it) {
        throw ConfigError{fmt::format(
            "no split {0} in {1}, but in other stores of {2}: leave such stores out of {2}, give them that "
            "split (sslslr split), or choose a split that all stores have",
            split, lacking, io::setting("data"))};
    }
    return found->second;
}

std::vector<std::int64_t> numbers_of_signers(const io::ClipIndex& index,
                                             const std::vector<std::string>& names) {
    std::vector<std::int64_t> numbers;
    for (const auto& name : names) {
        const auto found = std::ranges::find(index.signer_names, name);
        if (found == index.signer_names.end()) {
            const bool holds_comma = name.find(',') != std::string::npos;
            throw ConfigError{"the data have no signer " + name +
                              (index.signer_names.empty()
                                   ? "; they name no signers: give " + io::setting("metadata") +
                                         " with a column signer at import"
                                   : "; they have: " + listed(index.signer_names)) +
                              (holds_comma ? " (several are separated by blanks, not commas)" : "")};
        }
        numbers.push_back(found - index.signer_names.begin());
    }
    return numbers;
}

std::vector<std::int64_t> select_clips(const io::ClipIndex& index, const Selection& selection) {
    const auto signers = index.signer_names.size();
    const auto is_wanted = flags_of(numbers_of_signers(index, selection.signers), signers);
    const auto is_left_out = flags_of(numbers_of_signers(index, selection.left_out_signers), signers);
    const bool takes_all = selection.signers.empty();
    const auto is_selected = [&](std::int64_t clip) {
        const auto at = static_cast<std::size_t>(clip);
        const auto signer = index.signers[at];  // -1: unknown, so neither named nor left out
        const auto label = index.labels[at];
        return index.offsets[at] < index.offsets[at + 1] &&
               (takes_all || (signer >= 0 && is_wanted[static_cast<std::size_t>(signer)])) &&
               (signer < 0 || !is_left_out[static_cast<std::size_t>(signer)]) &&
               (!selection.only_labelled ||
                (label >= 0 && index.label_names[static_cast<std::size_t>(label)] != no_sign));
    };

    const auto all = clips_of_split(index, selection.split, selection.stores_may_lack_split);
    auto clips = all;
    std::erase_if(clips, [&](std::int64_t clip) { return !is_selected(clip); });
    if (clips.empty()) {
        throw ConfigError{why_none_is_left(index, selection, all)};
    }
    return clips;
}

std::vector<std::int64_t> without(const std::vector<std::int64_t>& clips,
                                  const std::vector<std::int64_t>& others) {
    const std::set<std::int64_t> dropped{others.begin(), others.end()};
    std::vector<std::int64_t> left;
    std::ranges::copy_if(clips, std::back_inserter(left), [&](auto clip) { return !dropped.contains(clip); });
    return left;
}

std::vector<std::int64_t> labels_of(std::span<const std::int64_t> clips,
                                    std::span<const std::int64_t> labels) {
    std::vector<std::int64_t> chosen;
    for (const auto clip : clips) {
        chosen.push_back(labels[static_cast<std::size_t>(clip)]);
    }
    return chosen;
}

}  // namespace sslslr
