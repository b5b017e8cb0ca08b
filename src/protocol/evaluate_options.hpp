#pragma once

#include <string>
#include <vector>

#include "src/protocol/protocol_options.hpp"
#include "src/run/pretrain_options.hpp"
#include "src/settings/options.hpp"

namespace sslslr {

/// Options of `sslslr evaluate`.
struct EvaluateOptions {
    EvaluateOptions();

    std::vector<std::string> runs;
    std::vector<std::string> data;
    std::string memory_limit = "half";
    ClipParts parts;
    /// May be `measures` or `label_curve`; its probe `both`; its label fraction 0: the protocol's own.
    ProtocolConfig protocol;
    std::uint64_t probe_seed = 0;
    std::vector<std::int64_t> label_counts{1, 5, 10};
    std::vector<double> label_shares{0.05, 0.1, 0.25, 0.5, 1};
    bool fine_tunes = true;  ///< the curve of the fine-tuned encoder is drawn, too
    std::vector<std::int64_t> supervised_epochs{100};
    double supervised_learning_rate = 1e-3;
    AugmentationKind supervised_augmentation = AugmentationKind::none;
    std::int64_t bootstrap = 10000;
    std::string output;
    bool per_class = false;
    bool json = false;
    bool accepts_other_code = false;
    std::int64_t threads = 1;
};

/// Declares every option on its field; `fields` must outlive `options`.
void declare(Options& options, EvaluateOptions& fields);

/// Fills in what the protocol decides and refuses what cannot be. @throws ConfigError  names the option
void complete(EvaluateOptions& fields);

/// What an evaluation's files are called: the protocol's name, with the share of labels where that is not
/// its own, a label curve's with its points where they are not the usual ones, or with their hash if they are
/// many.
std::string name_of(const EvaluateOptions& completed);

/// How the supervised control is trained: as the whole network where the protocol trains it, else by options
/// of its own.
ProtocolConfig supervised_control(const EvaluateOptions& fields);

/// Whether the supervised control is trained at all.
bool trains_supervised(const EvaluateOptions& fields);

/// The points of a label curve: numbers of clips a class, then shares.
std::vector<LabelAmount> points_of_curve(const EvaluateOptions& fields);

/// Which clips train and test. Where nobody is named to test, it is who the run left out; not of another
/// corpus, which has other signers.
ClipParts parts_of(const EvaluateOptions& options, const PretrainOptions& run);

}  // namespace sslslr
