#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "io/store/clip_store.hpp"

namespace sslslr {

enum class SplitWay { signer, fraction, folds, class_count };
constexpr auto words(SplitWay /*of*/) {
    return std::array{"signer", "fraction", "folds", "class-count"};
}

/// The unit that is assigned to a fold as a whole.
enum class FoldGroups {
    none,   ///< a clip; each class is spread evenly
    signer  ///< all clips of a signer
};
constexpr auto words(FoldGroups /*of*/) {
    return std::array{"none", "signer"};
}

/// How to divide the clips of a data set into named splits.
struct SplitConfig {
    std::optional<SplitWay> by{};        ///< required
    std::string within{};                ///< a split of the data: only its clips; empty: all
    std::vector<std::string> signers{};  ///< for signer: the signers that get splits; empty: all
    double fraction = 0.3;
    std::int64_t folds = 5;
    FoldGroups group_by = FoldGroups::none;  ///< for folds
    std::int64_t classes = 100;              ///< for class-count: how many of the largest to keep
    std::uint64_t seed = 0;                  ///< for fraction and folds
};

/// A named split. Clip numbers ascend.
struct PlannedSplit {
    std::string name;
    std::vector<std::int64_t> clips;
    bool is_complement = false;  ///< all other clips that take part; the name starts with "not-"
};

/// The splits, and how many clips take no part for which reason.
struct SplitPlan {
    std::vector<PlannedSplit> splits;
    std::int64_t without_frames = 0;
    std::int64_t without_signer = 0;  ///< only if clips are divided by signer
    std::int64_t without_label = 0;   ///< only if classes decide which clips are kept (class-count)
};

/// Plans splits; a pure function of index and configuration.
///
/// - signer: signer-NAME and not-signer-NAME for each signer.
/// - fraction: labelled-P (P per cent) and rest-P. labelled-P takes the fraction of the clips of each class,
///   rounded half up and at least one, drawn by the seed and the class. Clips without label go to the rest.
/// - folds: fold-0, not-fold-0, ... The clips of each class, in an order drawn by the seed, are dealt to the
///   folds in turn, so that the sizes of the folds, and of each class within them, differ by one clip at
///   most. Clips without label count as a class. By signer: the signers with most clips first, each to the
///   fold that has the fewest clips.
/// - class-count: classes-N, the clips of the N classes with most clips (of classes of equal size the first
///   by name), and not-classes-N. The class "-" (no sign) does not count as one.
///
/// Clips without frames take no part.
/// @throws ConfigError  an option out of range, an unknown split or signer, a split that the data already
///                      have with other clips, or splits of more than a hundred million entries in all
SplitPlan plan_splits(const io::ClipIndex& index, const SplitConfig& config);

}  // namespace sslslr
