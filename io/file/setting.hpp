#pragma once

#include <algorithm>
#include <concepts>
#include <iterator>
#include <string>
#include <string_view>

namespace sslslr::io {

/// The settings that messages in io and src name. A test checks that each is an option of some command.
inline constexpr std::string_view setting_names[] = {
    "accept-other-code",
    "augmentation",
    "balance",
    "blocks",
    "blur-sigma-max",
    "bootstrap",
    "boundary",
    "by",
    "checkpoint",
    "classes",
    "clip-gradient-norm",
    "clip-variation",
    "clips",
    "cluster-iterations",
    "cluster-warmup-epochs",
    "clusters",
    "collapse-patience",
    "collapse-threshold",
    "config",
    "coordinates",
    "data",
    "dropout",
    "dtype",
    "embedding",
    "epochs",
    "error-rate",
    "fault",
    "fine-tune-augmentation",
    "fine-tune-epochs",
    "fine-tune-least-steps",
    "fine-tune-rate",
    "fine-tune-warmup-epochs",
    "fine-tune-weight-decay",
    "first",
    "flip-probability",
    "folder",
    "folds",
    "force",
    "fps",
    "fraction",
    "frames",
    "freeze",
    "from",
    "global-batch",
    "group-by",
    "hand",
    "heads",
    "hide-frames",
    "hide-hand",
    "hide-points",
    "input",
    "inputs",
    "jitter-body",
    "jitter-hands",
    "k1",
    "k2",
    "key-momentum",
    "label-count",
    "label-counts",
    "label-fraction",
    "label-shares",
    "largest",
    "lars-trust",
    "last",
    "learning-rate",
    "leave-out-signer",
    "length",
    "length-spread",
    "longest-boundary",
    "margin",
    "memory-limit",
    "metadata",
    "metadata-kind",
    "method",
    "micro-batch",
    "mirror-views",
    "missing",
    "mode",
    "momentum",
    "neighbours",
    "noise",
    "normalise",
    "on-collapse",
    "optimizer",
    "output",
    "picture-size",
    "point-order",
    "points",
    "pose-frames",
    "poses",
    "predictor-hidden",
    "probe",
    "probe-epochs",
    "probe-rates",
    "probe-weight-decays",
    "projector-hidden",
    "projector-layers",
    "protocol",
    "queue",
    "random",
    "raw-neighbours",
    "regulariser",
    "regulariser-weight",
    "repeats",
    "rotation-degrees",
    "run",
    "seed",
    "sides",
    "signer-variation",
    "signers",
    "speed-warp",
    "spread-every",
    "step",
    "strict",
    "study",
    "supervised-augmentation",
    "supervised-epochs",
    "supervised-learning-rate",
    "target-momentum",
    "temperature",
    "test-split",
    "threads",
    "time-crop",
    "time-limit",
    "tolerance",
    "train-fraction",
    "train-split",
    "validation-fraction",
    "validation-signer",
    "validation-split",
    "view-rotation",
    "view-scale",
    "view-shear",
    "view-shift",
    "warmup-epochs",
    "weight-decay",
    "width",
};

/// A setting by its name. A name that setting_names lacks does not compile.
class Setting {
public:
    consteval Setting(const char* name) : name_{name} {
        if (std::ranges::find(setting_names, name_) == std::end(setting_names)) {
            throw "setting_names lacks this name";
        }
    }
    /// Creates a setting from the name in an option's declaration, without a check. The name must outlive it.
    static Setting declared(std::string_view name) { return Setting{name}; }

    std::string_view name() const { return name_; }

private:
    explicit Setting(std::string_view name) : name_{name} {}

    std::string_view name_;
};

/// Returns a marked-up setting, with its value if one is given, to be put into a message. as_options() or
/// as_entries() gives it its final form where the message is shown.
std::string setting(Setting which);
std::string setting(Setting which, std::string_view value);
/// Writes the value in the fewest digits that identify it, as fmt does.
std::string setting(Setting which, double value);
template <std::integral T>
std::string setting(Setting which, T value) {
    return setting(which, std::to_string(value));
}

/// Returns the text with its settings written as on a command line: "--k1", "--k1 3".
std::string as_options(std::string_view text);
/// Returns the text with its settings written as in a settings file: "k1", "k1 = 3".
std::string as_entries(std::string_view text);

}  // namespace sslslr::io
