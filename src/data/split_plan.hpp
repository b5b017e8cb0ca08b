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

/// What a fold takes whole.
enum class FoldGroups {
    none,   ///< each class is spread evenly
    signer  ///< all clips of a signer
};
constexpr auto words(FoldGroups /*of*/) {
    return std::array{"none", "signer"};
}

/// How named splits are made of the clips of a data set.
struct SplitConfig {
    std::optional<SplitWay> by{};        ///< must be given
    std::string within{};                ///< a split of the data: only its clips; empty: all
    std::vector<std::string> signers{};  ///< of by signer: those that get splits; empty: all
    double fraction = 0.3;
    std::int64_t folds = 5;
    FoldGroups group_by = FoldGroups::none;  ///< of folds
    std::int64_t classes = 100;              ///< of class-count: so many of the largest
    std::uint64_t seed = 0;                  ///< of fraction and folds
};

/// A split by name. Clips ascend.
struct PlannedSplit {
    std::string name;
    std::vector<std::int64_t> clips;
    bool is_complement = false;  ///< all other clips that take part; its name starts with "not-"
};

/// Splits made of clips, and why some clips take no part.
struct SplitPlan {
    std::vector<PlannedSplit> splits;
    std::int64_t without_frames = 0;
    std::int64_t without_signer = 0;  ///< where signers decide
    std::int64_t without_label = 0;   ///< where classes decide which clips are kept (class-count)
};

/// Plans splits; a pure function of index and configuration.
///
/// - signer: signer-NAME and not-signer-NAME for each signer.
/// - fraction: labelled-P (P per cent) and rest-P. Of each class the fraction, half a clip rounded up, at
///   least one; drawn by the seed and the class. Clips without label go to the rest.
/// - folds: fold-0, not-fold-0, ... Clips of each class, in an order drawn by the seed, are dealt in turn, so
///   that both folds and the classes within them differ by one clip at most; clips without label count as a
///   class. By signer: the largest signers first, each to the fold that has the fewest clips.
/// - class-count: classes-N, the clips of the N classes that have most clips (of equals the first name), and
///   not-classes-N. The class "-" (no sign) is not one.
///
/// Clips without frames take no part.
/// @throws ConfigError  an option out of range, an unknown split or signer, a split that the data already
///                      have with other clips, or more than fits (a hundred million entries in all)
SplitPlan plan_splits(const io::ClipIndex& index, const SplitConfig& config);

}  // namespace sslslr
