#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/data/clip_selection.hpp"

namespace sslslr {

/// How the clips of one data set are parted for an evaluation.
struct ClipParts {
    std::string train_split{};                    ///< labels of its clips train; empty: all that do not test
    std::string validation_split{};               ///< choices are made on it; empty: see below
    std::string test_split{};                     ///< empty: by signer, or by train_fraction
    std::vector<std::string> left_out_signers{};  ///< take no part in training
    std::vector<std::string> excluded_signers{};  ///< take no part at all, not even in the test
    std::vector<std::string> test_signers{};      ///< none: those left out
    std::vector<std::string>
        validation_signers{};  ///< of the training signers; none: see validation_fraction
    double validation_fraction =
        0;  ///< of the training clips of each class, drawn, where neither split nor signers
            ///< say; 0: no clips validate
    /// Of the clips of each class, drawn: they train, the others test, of two or more at least one; 0: not by
    /// a draw.
    double train_fraction = 0;
    std::int64_t classes = 0;  ///< only the classes of most training clips, so many; 0: all
    std::uint64_t seed = 0;    ///< of the draws
};

/// Labelled clips of one data set by the part they play, and their classes.
struct EvaluationClips {
    std::vector<std::int64_t> pretrain;    ///< may be seen without labels: neither tests nor was left out
    std::vector<std::int64_t> train;       ///< labelled, of the chosen classes; without the validating ones
    std::vector<std::int64_t> validation;  ///< likewise; may be empty
    std::vector<std::int64_t> test;        ///< likewise
    std::vector<std::int64_t> labels;      ///< [clips of the data set] class, -1 none or not chosen
    std::vector<std::string> class_names;  ///< [classes]
    std::string how;                       ///< they were parted: "signer S03 tests, signer S01 validates"

    std::int64_t classes() const { return static_cast<std::int64_t>(class_names.size()); }
    /// Classes that some of the clips show: a store may know signs of which it has none.
    std::int64_t shown_classes() const;
    std::vector<std::int64_t> classes_of(const std::vector<std::int64_t>& clips) const {
        return labels_of(clips, labels);
    }
    /// How many training clips each class has; classes without any are not there.
    std::map<std::int64_t, std::int64_t> training_clips_of_classes() const {
        std::map<std::int64_t, std::int64_t> counts;
        for (const auto label : classes_of(train)) {
            ++counts[label];
        }
        return counts;
    }
};

/// Parts the clips; a pure function of index and parts. Clips without frames take no part.
///
/// Classes are counted on the training clips alone (validating ones among them), equals by their name.
/// @throws ConfigError  no such split or signer, nothing to test on or to train on, parts that share clips (a
///                      choice made on test clips would be no test), a fraction outside [0, 1)
EvaluationClips part_clips(const io::ClipIndex& index, const ClipParts& parts);

}  // namespace sslslr
