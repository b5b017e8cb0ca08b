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
    /// Its kind may be `measures` or `label_curve`, its probe `both`. A label fraction of 0 is the protocol's
    /// own.
    ProtocolConfig protocol;
    std::uint64_t probe_seed = 0;
    std::vector<std::int64_t> label_counts{1, 5, 10};
    std::vector<double> label_shares{0.05, 0.1, 0.25, 0.5, 1};
    bool fine_tunes = true;  ///< a label curve also has the fine-tuned encoder
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

/// Binds every option to its field; `fields` must outlive `options`.
void declare(Options& options, EvaluateOptions& fields);

/// Sets what the protocol decides and checks all options. @throws ConfigError  names the option
void complete(EvaluateOptions& fields);

/// Returns the name of an evaluation's files: that of the protocol, followed by the number or share of labels
/// if it is not the protocol's own. A label curve is followed by its points if they are not the default ones,
/// or by their hash if they are many.
std::string name_of(const EvaluateOptions& completed);

/// Returns how the supervised control is trained: as the protocol trains the whole network, if it does, or by
/// options of its own.
ProtocolConfig supervised_control(const EvaluateOptions& fields);

/// Whether the supervised control is trained at all.
bool trains_supervised(const EvaluateOptions& fields);

/// Returns the points of a label curve: numbers of clips per class, then shares, each in ascending order.
std::vector<LabelAmount> points_of_curve(const EvaluateOptions& fields);

/// Returns which clips train and test. If the options neither leave out signers nor draw test clips, the
/// signers that the run left out are taken; not for a transfer, whose data set has other signers.
ClipParts parts_of(const EvaluateOptions& options, const PretrainOptions& run);

}  // namespace sslslr
