#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/data/clip_selection.hpp"

namespace sslslr {

/// Which clips a search trains on and which it validates on. Test clips have no part in either.
struct ValidationChoice {
    std::string train_split{};                    ///< of the store; empty: all clips
    std::vector<std::string> left_out_signers;    ///< kept for a test
    std::string validation_split{};               ///< of the store; empty: by signer
    std::vector<std::string> validation_signers;  ///< none: the one with the fewest labelled clips
    double share = 0.2;      ///< of the labelled clips of each class, where signers are not known
    std::uint64_t seed = 0;  ///< of that draw
};

struct ValidationClips {
    std::vector<std::int64_t> train;       ///< pretrain
    std::vector<std::int64_t> labelled;    ///< those of them with a label
    std::vector<std::int64_t> validation;  ///< with a label, disjoint from train
    std::string how;                       ///< they were told apart: "signer S02"
};

/// Tells them apart by a split, by signer, or, where the store knows fewer than two signers, by a draw within
/// each class.
/// @throws ConfigError  no such split or signer, or one side is left without labelled clips
ValidationClips choose_validation(const io::ClipIndex& index, const ValidationChoice& choice);

}  // namespace sslslr
